import type { RequestOptions } from 'node:https';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import type { Material, OpenAccess, TlsMaterial } from './cluster-access.ts';
import { refuse } from './refusal.ts';

/** The one cluster and user that a context names. */
export interface ClusterAndUser {
  readonly cluster: Cluster;
  readonly user: User;
}

/** A configuration of the client library; loading that takes half a second, so nobody does before a cluster is needed. */
export async function newKubeConfig(): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  return new KubeConfig();
}

/**
 * A configuration of its own for one cluster and user: the library reads the *current* context at request time, so a
 * configuration shared by two contexts sends one's token to the other's server.
 */
export async function openWithClientNode(picked: ClusterAndUser, description: string): Promise<OpenAccess> {
  const { server, proxyUrl } = picked.cluster;
  checkAddress(server, proxyUrl, picked.cluster.skipTLSVerify, description);
  const { proxyUrl: _, ...direct } = picked.cluster;
  const isPlain = server.startsWith('http:');
  const config = await newKubeConfig();
  config.loadFromClusterAndUser({ ...direct, skipTLSVerify: direct.skipTLSVerify || isPlain }, picked.user);
  return {
    server: server.replace(/\/+$/, ''),
    proxyUrl: proxyUrl ?? null,
    material: () => readMaterial(config),
  };
}

function checkAddress(server: string, proxyUrl: string | undefined, skipsTls: boolean, description: string): void {
  const url = URL.parse(server);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw refuse(description, 'server', 'expected an http or https address');
  if (url.protocol === 'http:' && !skipsTls && !isLoopback(url.hostname))
    throw refuse(description, 'server', 'plain http is taken on loopback only; use https');
  if (proxyUrl !== undefined && !/^https?:/.test(proxyUrl))
    throw refuse(description, 'proxy-url', 'only http and https proxies are supported');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

async function readMaterial(config: KubeConfig): Promise<Material> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {}))
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  if (typeof options.auth === 'string') headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return { headers, tls: tlsOf(options) };
}

/** The library gives one text or one buffer, never the lists that Node would take. */
function pemOf(pem: NonNullable<RequestOptions['ca'] | RequestOptions['key']>): string {
  return typeof pem === 'string' ? pem : (pem as Buffer).toString('utf8');
}

function tlsOf(options: RequestOptions): TlsMaterial {
  return {
    ...(options.ca ? { ca: pemOf(options.ca) } : {}),
    ...(options.cert ? { cert: pemOf(options.cert) } : {}),
    ...(options.key ? { key: pemOf(options.key) } : {}),
    ...(options.servername ? { servername: options.servername } : {}),
    ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
  };
}
