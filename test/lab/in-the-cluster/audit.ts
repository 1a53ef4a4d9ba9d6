import { readFileSync } from 'node:fs';
import type { LabCluster } from '../../../lab/lab.ts';

/** A request as the API server wrote it down when it had answered. */
export interface Request {
  readonly cluster: string;
  /** When it came, ms since 1970. */
  readonly atMs: number;
  /** `system:serviceaccount:tidegate-system:tidegate` */
  readonly user: string;
  readonly verb: string;
  /** `rollouts.argoproj.io/status` */
  readonly resource: string;
  /** `globex/storefront` */
  readonly object: string;
  readonly status: number;
  /** Left out where the body is not written down. */
  readonly body?: unknown;
}

interface AuditEvent {
  readonly stage: string;
  readonly requestReceivedTimestamp: string;
  readonly verb: string;
  /** Without a name where the credentials were refused. */
  readonly user: { readonly username?: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  readonly requestObject?: unknown;
}

/** The writes of which something is known when they are read back. */
const WRITES: ReadonlySet<string> = new Set(['create', 'patch', 'update', 'delete']);

/** What service accounts asked a cluster for until now, in order; watches that go on count as answered. */
export function requestsOf({ name, auditLogPath }: Pick<LabCluster, 'name' | 'auditLogPath'>): readonly Request[] {
  const lines = readFileSync(auditLogPath, 'utf8').split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage, user }) => stage !== 'RequestReceived' && user.username?.startsWith('system:serviceaccount:'))
    .map((event) => requestOf(name, event));
}

/** Whether it changes something, and was let. */
export function isWritten({ verb, status }: Request): boolean {
  return WRITES.has(verb) && status < 300;
}

function requestOf(cluster: string, event: AuditEvent): Request {
  const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = event.objectRef ?? {};
  const full = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  return {
    cluster,
    atMs: Date.parse(event.requestReceivedTimestamp),
    user: event.user.username ?? '',
    verb: event.verb,
    resource: subresource === '' ? full : `${full}/${subresource}`,
    object: `${namespace}/${name}`,
    status: event.responseStatus?.code ?? 0,
    ...(event.requestObject === undefined ? {} : { body: event.requestObject }),
  };
}
