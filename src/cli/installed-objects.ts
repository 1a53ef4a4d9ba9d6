import { crds } from '../config/crds.ts';
import { kindNames } from '../config/wire/kinds.ts';
import { TransientError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/workload.ts';
import type { Clock } from '../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import { resourceOf } from './hub-documents.ts';
import { type DaemonChoice, daemonObjects } from './installed-daemon.ts';
import { installedRef, isOptional, isServed } from './installed-kinds.ts';
import { outcomeOf, type WriteOutcome } from './object-meaning.ts';
import { type ClusterRole, shippedObjects } from './shipped-objects.ts';

/** What became of an installed object; `notServed` where the API server does not have its kind. */
export interface Installed {
  readonly kind: string;
  readonly name: string;
  readonly outcome: WriteOutcome | 'notServed';
}

/** An API server serves a new kind within a second or two. */
const SERVED_DEADLINE_MS = 30_000;
const LOOK_MS = 250;

/** Everything that a cluster of this role needs, in the order it is written; a hub runs the daemon when `daemon` says how. */
export function installedObjects(
  namespace: string,
  role: ClusterRole = 'hub',
  daemon: DaemonChoice | null = null,
): readonly JsonObject[] {
  const shipped = shippedObjects(role, namespace);
  if (role === 'target') return shipped;
  const definitions = crds() as unknown as readonly JsonObject[];
  return [...definitions, ...shipped, ...(daemon === null ? [] : daemonObjects(namespace, daemon))];
}

/** Applies the objects, and waits until every kind among them is served. @throws TransientError when one is not after half a minute */
export async function install(
  api: KubernetesApi,
  clock: Clock,
  objects: readonly JsonObject[],
): Promise<readonly Installed[]> {
  const outcomes: Installed[] = [];
  for (const object of objects as unknown as readonly KubernetesObject[]) outcomes.push(await applyOne(api, object));
  if (outcomes.some(({ kind }) => kind === kinds.customResourceDefinition.kind)) await untilServed(api, clock);
  return outcomes;
}

async function untilServed(api: KubernetesApi, clock: Clock): Promise<void> {
  const endsAt = clock.now() + SERVED_DEADLINE_MS;
  for (const kind of kindNames.map(resourceOf)) {
    while (!(await isServed(api, kind))) {
      if (clock.now() >= endsAt)
        throw new TransientError(`installing ${kind.plural}: the API server does not serve them yet, try again`);
      await clock.sleep(LOOK_MS);
    }
  }
}

async function applyOne(api: KubernetesApi, object: KubernetesObject): Promise<Installed> {
  const ref = installedRef(object);
  const { kind, name } = ref;
  if (isOptional(kind) && !(await isServed(api, kind))) return { kind: kind.kind, name, outcome: 'notServed' };
  const before = await api.get(ref);
  const after = await api.apply(object, kind, { fieldManager: FIELD_MANAGER, force: true });
  return { kind: kind.kind, name, outcome: outcomeOf(before, after) };
}
