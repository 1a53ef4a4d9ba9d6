import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { InvalidInput, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterAccess, Material, OpenAccess, TlsMaterial } from './cluster-access.ts';
import { hearLateStreams } from './late-streams.ts';

/** What requests go through: one pool of sockets a cluster, and the headers that let them in. */
export interface Connection {
  /** Origin and base path, without a slash at the end. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

/** Keeps the connection of one cluster, and makes it anew when its certificates rotate. */
export interface ConnectionKeeper {
  /** The connection with credentials that were read at most a minute ago. */
  current(): Promise<Connection>;
  /**
   * Reads the source again, after a refusal. Answers whether the credentials are other ones than those that were refused: requests that
   * were refused together are all told so, though one alone reads.
   */
  renew(refused?: Connection): Promise<boolean>;
  /** Tells that nobody answered there: the source is read again beside the work, for the server may have moved. */
  doubt(): void;
  /** Ends what is open, watches included. */
  close(): Promise<void>;
}

/** Files and tokens are read again after this time, as kubectl's library does. */
const MATERIAL_FRESH_MS = 60_000;
/** A source that was read so lately is not read again because nobody answers. */
const DOUBT_AFTER_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
const TCP_KEEP_ALIVE_MS = 30_000;
const IDLE_SOCKET_MS = 30_000;
/** Sockets to one cluster over HTTP/1.1, where each watch holds one. */
const MAX_SOCKETS = 128;
const MAX_REASON_LENGTH = 200;

interface Kept {
  readonly access: OpenAccess;
  readonly material: Material;
  readonly readAt: number;
  readonly dispatcher: Dispatcher;
}

/** Opens the access on first use. */
export function keepConnection(access: ClusterAccess, clock: Clock, http2: boolean): ConnectionKeeper {
  let kept: Promise<Kept> | null = null;
  const retired: Promise<void>[] = [];

  let isDoubted = false;

  const adopt = (previous: Kept | null, { opened, material }: SourceRead): Kept => {
    const readAt = clock.now();
    if (previous !== null && opened.server === previous.access.server && sameTls(material.tls, previous.material.tls))
      return { access: opened, material, readAt, dispatcher: previous.dispatcher };
    // Requests and watches under way end on the old sockets.
    if (previous !== null) retired.push(previous.dispatcher.close());
    return { access: opened, material, readAt, dispatcher: createDispatcher(opened, material.tls, http2) };
  };

  const take = async (previous: Kept | null, isRenewal: boolean): Promise<Kept> =>
    adopt(previous, await readMaterial(access, isRenewal ? null : (previous?.access ?? null)));

  /** Leaves alone what works: only a source that can be read takes the place of the one before. */
  const lookAgain = async (): Promise<void> => {
    const before = kept;
    const held = await before;
    if (held === null || clock.now() - held.readAt < DOUBT_AFTER_MS) return;
    const read = await readMaterial(access, null);
    if (kept === before) kept = Promise.resolve(adopt(held, read));
  };

  const refresh = (previous: Kept | null, isRenewal: boolean): Promise<Kept> => {
    const next = take(previous, isRenewal);
    kept = next;
    next.catch(() => {
      // The next request tries again, and fails or works by itself.
      if (kept === next) kept = previous === null ? null : Promise.resolve(previous);
    });
    return next;
  };

  const now = async (): Promise<Kept> => {
    const before = kept;
    const held = await before;
    if (held !== null && clock.now() - held.readAt < MATERIAL_FRESH_MS) return held;
    // Somebody else may have begun to read while we waited.
    return await (kept !== before && kept !== null ? kept : refresh(held, false));
  };

  return {
    current: async () => {
      const { access, material, dispatcher } = await now();
      return { server: access.server, headers: material.headers, dispatcher };
    },
    renew: async (refused) => {
      const held = await kept;
      if (held !== null && refused !== undefined && !isConnectionOf(held, refused)) return true;
      const next = await refresh(held, true);
      return held === null || !sameMaterial(held.material, next.material);
    },
    doubt: () => {
      if (isDoubted) return;
      isDoubted = true;
      void lookAgain()
        .catch(() => undefined) // whoever finds nobody there again asks again
        .finally(() => {
          isDoubted = false;
        });
    },
    close: async () => {
      const held = await kept;
      kept = null;
      await held?.dispatcher.destroy();
      await Promise.all(retired);
    },
  };
}

/** What a source says. */
interface SourceRead {
  readonly opened: OpenAccess;
  readonly material: Material;
}

function isConnectionOf({ access, material, dispatcher }: Kept, connection: Connection): boolean {
  return (
    dispatcher === connection.dispatcher &&
    access.server === connection.server &&
    JSON.stringify(material.headers) === JSON.stringify(connection.headers)
  );
}

/** Source and material as of now. @throws TerminalError when the source is wrong, TransientError when a plug-in fails */
async function readMaterial(access: ClusterAccess, known: OpenAccess | null): Promise<SourceRead> {
  try {
    const opened = known ?? (await access.open());
    return { opened, material: await opened.material() };
  } catch (cause) {
    if (cause instanceof InvalidInput) throw new TerminalError(cause.message, { cause });
    throw new TransientError(`read the credentials of ${access.description}: ${whyUnreadable(cause)}`);
  }
}

/** What a credential plug-in says; a parser's message would quote its answer, which holds a token. */
function whyUnreadable(cause: unknown): string {
  if (cause instanceof SyntaxError || !(cause instanceof Error))
    return 'the answer of the credential plug-in is not JSON';
  return (cause.message.trim().split('\n').at(-1) ?? '').slice(0, MAX_REASON_LENGTH) || 'the credential plug-in failed';
}

function createDispatcher(access: OpenAccess, tls: TlsMaterial, http2: boolean): Dispatcher {
  if (http2) hearLateStreams();
  const pool = {
    allowH2: http2,
    connections: http2 && access.server.startsWith('https:') ? null : MAX_SOCKETS,
    // A quiet watch is a healthy one: the requests have deadlines of their own.
    bodyTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: IDLE_SOCKET_MS,
  };
  const connect = { timeout: CONNECT_TIMEOUT_MS, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS };
  if (access.proxyUrl !== null)
    return new ProxyAgent({ ...pool, uri: access.proxyUrl, requestTls: { ...tls }, connect });
  return new Agent({ ...pool, connect: { ...connect, ...tls } });
}

function sameTls(left: TlsMaterial, right: TlsMaterial): boolean {
  return (
    left.ca === right.ca &&
    left.cert === right.cert &&
    left.key === right.key &&
    left.servername === right.servername &&
    left.rejectUnauthorized === right.rejectUnauthorized
  );
}

function sameMaterial(left: Material, right: Material): boolean {
  return sameTls(left.tls, right.tls) && JSON.stringify(left.headers) === JSON.stringify(right.headers);
}
