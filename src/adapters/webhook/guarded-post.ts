import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { TerminalError } from '../../domain/errors.ts';
import { refusalOf } from './address-guard.ts';

/** An address that a name stands for. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Asks the name servers; every address of the name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** One HTTP request that may not go just anywhere. */
export interface GuardedPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
}

/** What came back; the body is not read. */
export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** The addresses of a name, as this machine resolves it. */
export const resolveName: Resolve = (hostname) => systemLookup(hostname, { all: true, verbatim: true });

/**
 * Posts a body to an address that the guard lets through, over a connection of its own.
 *
 * @throws TerminalError when the guard refuses the address; everything else that is thrown is the network's
 */
export async function guardedPost(post: GuardedPost, resolve: Resolve, signal: AbortSignal): Promise<PostAnswer> {
  const { url, headers, body, allowPrivate } = post;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // a literal address is connected to without any look-up
  if (isIP(host) !== 0) checkAddress(host, host, allowPrivate);
  const agent = new Agent({ connect: { lookup: guardedLookup(resolve, allowPrivate, signal) }, pipelining: 0 });
  try {
    const answer = await request(url, { method: 'POST', headers, body, dispatcher: agent, signal });
    // an answer that is thrown away would end the process with its error
    answer.body.on('error', () => undefined);
    const retryAfter = answer.headers['retry-after'];
    return { status: answer.statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter };
  } finally {
    await agent.destroy();
  }
}

/** Resolves once, checks all that came, and gives just that to the connection. */
function guardedLookup(resolve: Resolve, allowPrivate: boolean, signal: AbortSignal): LookupFunction {
  // a connection that is given up while it waits for a name is not ended before it has one
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('given up')), { once: true });
  });
  givenUp.catch(() => undefined);
  return (hostname, options, callback) => {
    Promise.race([resolve(hostname), givenUp])
      .then((addresses) => {
        for (const { address } of addresses) checkAddress(hostname, address, allowPrivate);
        const [first] = addresses;
        if (first === undefined) throw new TerminalError(`${hostname} has no address, correct the name`);
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => callback(error as NodeJS.ErrnoException, ''));
  };
}

function checkAddress(host: string, address: string, allowPrivate: boolean): void {
  const refusal = refusalOf(address, allowPrivate);
  if (refusal === null) return;
  const what = host === address ? host : `${host} (${address})`;
  if (refusal === 'private')
    throw new TerminalError(
      `${what} is a private address, set allowPrivate: true if the receiver is meant to be there`,
    );
  throw new TerminalError(`${what} is no address that news are sent to, give that of the receiver itself`);
}
