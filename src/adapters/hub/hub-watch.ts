import { type ParsedDocument, parseDocument } from '../../config/parse-document.ts';
import { formatIssue } from '../../domain/errors.ts';
import { instant, parseInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../ports/kubernetes-api.ts';
import { reflect } from '../../ports/reflector.ts';
import type { HubState, StoredRelease } from '../../ports/release-store.ts';
import { readStatus } from './status-record.ts';

/** Annotation in which a caller pins the plan it has seen. */
export const EXPECTED_PLAN = 'tidegate.dev/expect-plan';

/** Told of what is left out: an object that cannot be read, or a kind that cannot be followed for now. */
export type HubReport = (message: string, trouble: 'unreadable' | 'notFollowed') => void;

/** What is watched, each kind in a map by key. */
interface Seen {
  readonly releases: Map<string, StoredRelease>;
  readonly approvals: Map<string, Extract<ParsedDocument, { kind: 'Approval' }>['value']>;
  readonly freezes: Map<string, Extract<ParsedDocument, { kind: 'Freeze' }>['value']>;
  readonly requests: Map<string, Extract<ParsedDocument, { kind: 'Rollback' }>['value']>;
  readonly tenants: Map<string, Readonly<Record<string, string>>>;
}

/** Follows the hub; gives the whole state after every change, once every kind has been listed. */
export async function* watchHub(
  api: KubernetesApi,
  namespace: string,
  clock: Clock,
  random: () => number,
  report: HubReport,
  signal: AbortSignal,
): AsyncGenerator<{ readonly releases: readonly StoredRelease[]; readonly hub: HubState }> {
  const seen: Seen = {
    releases: new Map(),
    approvals: new Map(),
    freezes: new Map(),
    requests: new Map(),
    tenants: new Map(),
  };
  const listed = new Set<string>();
  const following = new AbortController();
  const all = AbortSignal.any([signal, following.signal]);
  let next = Promise.withResolvers<void>();
  const changed = () => next.resolve();

  async function follow<T>(
    kind: ResourceKind,
    into: Map<string, T>,
    project: (object: KubernetesObject) => T | null,
  ): Promise<void> {
    let told = '';
    for await (const heard of reflect(api, kind, { namespace, project, clock, random, signal: all })) {
      if (heard.type === 'stale') {
        // a refusal lasts until somebody hears of it; it is not told again with each attempt
        if (told !== heard.message)
          report(`not following the ${kind.plural} of the hub: ${heard.message}`, 'notFollowed');
        told = heard.message;
        continue;
      }
      told = '';
      if (heard.type === 'synced') {
        into.clear();
        for (const [key, item] of heard.items) put(into, key, item);
        listed.add(kind.kind);
      } else if (heard.type === 'changed') put(into, heard.key, heard.item);
      else into.delete(heard.key);
      changed();
    }
  }

  const parse =
    <K extends ParsedDocument['kind']>(kind: K) =>
    (object: KubernetesObject) => {
      const reading = parseDocument(object, `${kind}/${object.metadata.name}`);
      if (reading.outcome === 'parsed') return reading.document.value as Extract<ParsedDocument, { kind: K }>['value'];
      report(`ignoring ${reading.issues.map(formatIssue).join('; ')}`, 'unreadable');
      return null;
    };

  const followers = Promise.all([
    follow(kinds.release, seen.releases, (object) => storedRelease(object, parse('Release')(object), report)),
    follow(kinds.approval, seen.approvals, parse('Approval')),
    follow(kinds.freeze, seen.freezes, parse('Freeze')),
    follow(kinds.rollback, seen.requests, parse('Rollback')),
    follow(kinds.tenant, seen.tenants, (object) => object.metadata.labels ?? {}),
  ]);
  void followers.then(changed, changed);
  all.addEventListener('abort', changed, { once: true });
  try {
    while (!signal.aborted) {
      await next.promise;
      next = Promise.withResolvers<void>();
      if (listed.size === 5 && !signal.aborted) yield stateOf(seen);
    }
  } finally {
    following.abort();
    await followers;
  }
}

function put<T>(into: Map<string, T>, key: string, item: T | null): void {
  if (item === null) into.delete(key);
  else into.set(key, item);
}

/** `null` for what this version cannot read: a release without its status would be planned and started again. */
function storedRelease(
  object: KubernetesObject,
  spec: StoredRelease['spec'] | null,
  report: HubReport,
): StoredRelease | null {
  if (spec === null) return null;
  const status = readStatus(object['status']);
  if (status === null && hasPhase(object['status'])) {
    const { name } = object.metadata;
    report(
      `ignoring Release ${name}: its status is not one that this version wrote, use the Tidegate that wrote it`,
      'unreadable',
    );
    return null;
  }
  return {
    spec,
    uid: object.metadata.uid ?? '',
    resourceVersion: object.metadata.resourceVersion ?? '0',
    createdAt: parseInstant(object.metadata.creationTimestamp ?? '') ?? instant(0),
    status,
    expectedPlan: object.metadata.annotations?.[EXPECTED_PLAN] ?? null,
  };
}

function hasPhase(status: unknown): boolean {
  return typeof status === 'object' && status !== null && 'phase' in status;
}

function stateOf(seen: Seen): { readonly releases: readonly StoredRelease[]; readonly hub: HubState } {
  const byName = <T>(map: Map<string, T>): readonly T[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  const tenantLabels = new Map([...seen.tenants].map(([key, labels]) => [key.slice(key.indexOf('/') + 1), labels]));
  return {
    releases: byName(seen.releases),
    hub: {
      approvals: byName(seen.approvals),
      freezes: byName(seen.freezes),
      requests: byName(seen.requests),
      tenantLabels,
    },
  };
}
