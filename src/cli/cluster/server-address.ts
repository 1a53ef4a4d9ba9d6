import type { ServerAddress } from '../../adapters/kubernetes/index.ts';
import { badArgument } from '../failure.ts';

/** What the command line says of the address that the hub is given. */
export interface AddressOptions {
  readonly server?: string;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly insecureSkipTlsVerify?: boolean;
}

/** How near an address is: this machine's own, a private network's, or anybody's. */
type Reach = 'loopback' | 'private' | 'public';

/** The address that the hub is to use, of the context's own and what was said. @throws InvalidInput when it would not be safe */
export function addressToStore(own: ServerAddress, options: AddressOptions): ServerAddress {
  const server = (options.server ?? own.server).replace(/\/+$/, '');
  const url = URL.parse(server);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw badArgument(`--server: expected an https address such as https://eu.example.com:6443, not "${server}"`);
  const skipsTlsVerify = options.insecureSkipTlsVerify === true;
  if (own.skipsTlsVerify && !skipsTlsVerify)
    throw badArgument(
      'the context does not verify its server (insecure-skip-tls-verify): whoever answers at that address would be given the token; put certificate-authority-data into the kubeconfig, or say --insecure-skip-tls-verify for the hub too',
    );
  return {
    server,
    proxyUrl: options.proxyUrl ?? null,
    // kubectl takes no authority beside it
    ca: skipsTlsVerify ? null : own.ca,
    tlsServerName: options.tlsServerName ?? own.tlsServerName,
    skipsTlsVerify,
  };
}

/** What a person should know of the address before the daemon tries it; `hubServer` tells how near the hub itself is. */
export function addressWarnings(
  own: ServerAddress,
  stored: ServerAddress,
  hubServer: string | null,
): readonly string[] {
  const reach = reachOf(stored.server);
  const hubReach = hubServer === null ? 'public' : reachOf(hubServer);
  const warnings: string[] = [];
  if (reach === 'loopback' && hubReach !== 'loopback')
    warnings.push(
      `${stored.server} is this machine's own address: a daemon elsewhere does not reach it, give --server`,
    );
  if (reach === 'private' && hubReach === 'public')
    warnings.push(`${stored.server} is a private address: give --server if the hub is not in that network`);
  if (own.proxyUrl !== null && stored.proxyUrl === null)
    warnings.push(`the context goes through the proxy ${own.proxyUrl}, the hub will not: give --proxy-url if it must`);
  if (stored.skipsTlsVerify)
    warnings.push(`${stored.server} will not be verified: whoever answers there is given the token`);
  return warnings;
}

const LOOPBACK_NAMES =
  /^(localhost|.+\.localhost|host\.docker\.internal|kubernetes\.docker\.internal|host\.minikube\.internal)$/;
const PRIVATE_NAMES = /^([^.]+|.+\.(local|internal|lan|home|svc|cluster\.local))$/;
const PRIVATE_IPV4 = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const PRIVATE_IPV6 = /^\[(f[cd]|fe[89ab])/;

function reachOf(server: string): Reach {
  const host = URL.parse(server)?.hostname.toLowerCase() ?? '';
  if (LOOPBACK_NAMES.test(host) || /^127\.|^0\.0\.0\.0$/.test(host) || ['[::1]', '[::]'].includes(host))
    return 'loopback';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return PRIVATE_IPV4.test(host) ? 'private' : 'public';
  if (host.startsWith('[')) return PRIVATE_IPV6.test(host) ? 'private' : 'public';
  return PRIVATE_NAMES.test(host) ? 'private' : 'public';
}
