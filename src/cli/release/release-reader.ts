import { readStatus } from '../../adapters/hub/hub-store.ts';
import { nearestName } from '../../config/nearest-name.ts';
import { parseDocument } from '../../config/parse-document.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Approval, ReleaseSpec } from '../../domain/wave-plan.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { ReleaseStore } from '../../ports/release-store.ts';
import type { HubConnection } from '../composition.ts';
import { badArgument } from '../failure.ts';
import type { ReleaseView } from '../view/release-view.ts';

/** A release as the hub has it, with what is drawn of it. */
export interface SeenRelease {
  readonly uid: string;
  readonly spec: ReleaseSpec;
  readonly view: ReleaseView;
}

/** Reads one release again and again; its plan, which never changes, once. */
export interface ReleaseReader {
  /** `null` when it is not there. */
  read(): Promise<SeenRelease | null>;
}

/** A reader of a release. `names` adds images that no Release of the hub names. */
export async function createReleaseReader(
  hub: HubConnection,
  name: string,
  names: ReadonlyMap<string, string> = new Map(),
): Promise<ReleaseReader> {
  const store = hub.store(() => {});
  const versionNames = new Map([...names, ...(await namesOfVersions(hub))]);
  const plans = new Map<string, Plan>();
  return {
    async read() {
      const ref = { kind: kinds.release, namespace: hub.namespace, name };
      const object = await hub.api.get(ref);
      if (object === undefined) return null;
      const spec = specOf(object);
      const status = readStatus(object['status']);
      const plan = status?.planHash == null ? null : await planOf(store, plans, name, status.planHash);
      const runs = plan === null ? [] : (await store.openRuns(plan)).runs;
      const { workload, version } = spec;
      const approvedBy = plan === null ? new Map() : await approversOf(hub, name, plan);
      const now = hub.clock.now();
      const view = {
        release: name,
        workload,
        version: version.name,
        plan,
        status,
        runs,
        approvedBy,
        versionNames,
        now,
      };
      return { uid: object.metadata.uid ?? '', spec, view };
    },
  };
}

/** The release. @throws InvalidInput when it is not in the hub, with the nearest name */
export async function readRelease(hub: HubConnection, name: string): Promise<SeenRelease> {
  const seen = await (await createReleaseReader(hub, name)).read();
  if (seen !== null) return seen;
  const known = (await listReleases(hub)).map(({ metadata }) => metadata.name);
  const nearest = nearestName(name, known);
  const hint = nearest === null ? ', see tidegate release list' : `, did you mean "${nearest}"?`;
  throw badArgument(`release ${name} is not in namespace ${hub.namespace} of ${hub.description}${hint}`);
}

/** Name of the release that was made last. @throws InvalidInput when there is none */
export async function newestRelease(hub: HubConnection): Promise<string> {
  const at = (object: KubernetesObject) => object.metadata.creationTimestamp ?? '';
  const newest = [...(await listReleases(hub))].sort((a, b) => (at(a) < at(b) ? 1 : -1))[0];
  if (newest !== undefined) return newest.metadata.name;
  throw badArgument(`there is no release in namespace ${hub.namespace} of ${hub.description}, start one`);
}

/** Every Release object of the hub, in order of name. */
export async function listReleases(hub: HubConnection): Promise<readonly KubernetesObject[]> {
  const { items } = await hub.api.list(kinds.release, { namespace: hub.namespace });
  const { group, version, kind } = kinds.release;
  const named = items.map((item) => ({ ...item, apiVersion: `${group}/${version}`, kind }));
  return named.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** What a Release object asks for. @throws InvalidInput when it is not one that its kind allows */
export function specOf(object: KubernetesObject): ReleaseSpec {
  const reading = parseDocument(object, `Release/${object.metadata.name}`);
  if (reading.outcome === 'refused') throw new InvalidInput(reading.issues);
  return reading.document.value as ReleaseSpec;
}

/** Who approved which wave of a plan. Asked only where a wave needs it: the reader reads again and again. */
async function approversOf(hub: HubConnection, release: string, plan: Plan): Promise<Map<string, Set<string>>> {
  const approvers = new Map<string, Set<string>>();
  if (plan.waves.every((wave) => wave.requiredApprovals === 0)) return approvers;
  const { items } = await hub.api.list(kinds.approval, { namespace: hub.namespace });
  for (const { spec } of items) {
    const { release: of, planHash, wave, by } = spec as Partial<Approval>;
    if (of !== release || planHash !== plan.hash || wave === undefined || by === undefined) continue;
    approvers.set(wave, (approvers.get(wave) ?? new Set()).add(by));
  }
  return approvers;
}

async function planOf(store: ReleaseStore, plans: Map<string, Plan>, release: string, hash: string): Promise<Plan> {
  const known = plans.get(hash) ?? (await store.loadPlan(release, hash));
  plans.set(hash, known);
  return known;
}

/** The names that releases of the hub gave to images. */
async function namesOfVersions(hub: HubConnection): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const object of await listReleases(hub)) {
    const { version } = object['spec'] as { readonly version?: Partial<ReleaseSpec['version']> };
    for (const image of Object.values(version?.images ?? {})) names.set(image, version?.name ?? image);
  }
  return names;
}
