import { crds } from '../config/crds.ts';
import { kindNames } from '../config/wire/kinds.ts';
import { TerminalError, TransientError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/workload.ts';
import type { Clock } from '../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../ports/kubernetes-api.ts';
import { resourceOf } from './hub-documents.ts';
import { outcomeOf, type WriteOutcome } from './object-meaning.ts';

/** What became of an installed object. */
export interface Installed {
  readonly kind: string;
  readonly name: string;
  readonly outcome: WriteOutcome;
}

/** An API server serves a new kind within a second or two. */
const SERVED_DEADLINE_MS = 30_000;
const LOOK_MS = 250;

/** The namespace and the definitions of every kind, in the order they are written. */
export function installedObjects(namespace: string): readonly JsonObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...(crds() as unknown as readonly JsonObject[]),
  ];
}

/** Applies the objects and waits until every kind of ours is served. @throws TransientError when one is not after half a minute */
export async function install(
  api: KubernetesApi,
  clock: Clock,
  objects: readonly JsonObject[],
): Promise<readonly Installed[]> {
  const outcomes: Installed[] = [];
  for (const object of objects as unknown as readonly KubernetesObject[]) outcomes.push(await applyOne(api, object));
  const endsAt = clock.now() + SERVED_DEADLINE_MS;
  for (const kind of kindNames.map(resourceOf)) {
    while (!(await isServed(api, kind))) {
      if (clock.now() >= endsAt)
        throw new TransientError(`installing ${kind.plural}: the API server does not serve them yet, try again`);
      await clock.sleep(LOOK_MS);
    }
  }
  return outcomes;
}

async function applyOne(api: KubernetesApi, object: KubernetesObject): Promise<Installed> {
  const kind = object.kind === 'Namespace' ? kinds.namespace : kinds.customResourceDefinition;
  const { name } = object.metadata;
  const before = await api.get({ kind, namespace: null, name });
  const after = await api.apply(object, kind, { fieldManager: FIELD_MANAGER, force: true });
  return { kind: object.kind, name, outcome: outcomeOf(before, after) };
}

async function isServed(api: KubernetesApi, kind: ResourceKind): Promise<boolean> {
  try {
    await api.list(kind, { namespace: null, limit: 1 });
    return true;
  } catch (error) {
    if (error instanceof TerminalError) return false;
    throw error;
  }
}
