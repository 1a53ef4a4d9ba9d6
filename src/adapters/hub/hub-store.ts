import { inventoryOf } from '../../config/inventory.ts';
import { type ParsedDocument, parseDocument } from '../../config/parse-document.ts';
import { ConflictError, type InputIssue, InvalidInput } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../ports/kubernetes-api.ts';
import type { PlanningInput, ReleaseStore } from '../../ports/release-store.ts';
import { type HubReport, watchHub } from './hub-watch.ts';
import { loadPlanSlices, savePlanSlices } from './plan-slices.ts';
import { writeStatus } from './status-record.ts';
import { openWaveRuns } from './wave-runs.ts';

export { EXPECTED_PLAN } from './hub-watch.ts';
export { readStatus } from './status-record.ts';

/** Where the hub's objects are. */
export interface HubStoreOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly clock: Clock;
  /** Spreads retries; 0 ≤ x < 1. */
  readonly random: () => number;
  readonly report: HubReport;
}

const PAGE_SIZE = 500;

/** What a release may have had and has no more; a merge patch keeps what it does not name. */
const ENDED = { finishedAt: null, wave: null };

/** The release store over the hub's Kubernetes API. */
export function createHubStore({ api, namespace, clock, random, report }: HubStoreOptions): ReleaseStore {
  const watched = new Map<string, string>();
  /** Versions of our own writes: whatever came after one is somebody else's. */
  const written = new Map<string, string>();
  return {
    async *watch(signal) {
      for await (const state of watchHub(api, namespace, clock, random, report, signal)) {
        for (const release of state.releases) watched.set(release.spec.name, release.resourceVersion);
        yield state;
      }
    },
    loadPlanningInput: () => loadPlanningInput(api, namespace),
    async loadConnections() {
      const { documents, issues } = await readAll(api, [kinds.metricSource, kinds.cluster], namespace);
      const { clusters, metricSources } = inventoryOf(documents).fleet;
      return { clusters, metricSources, issues };
    },
    savePlan: (plan) => savePlanSlices(api, namespace, plan, clock),
    loadPlan: (release, planHash) => loadPlanSlices(api, namespace, release, planHash, clock),
    openRuns: (plan) => openWaveRuns(api, namespace, plan),
    async saveStatus(release, status) {
      const ref = { kind: kinds.release, namespace, name: release };
      const resourceVersion = written.get(release) ?? watched.get(release);
      const precondition = resourceVersion === undefined ? {} : { metadata: { resourceVersion } };
      const patch = { ...precondition, status: { ...ENDED, ...writeStatus(status) } };
      try {
        const object = await api.mergePatch(ref, patch, { fieldManager: FIELD_MANAGER, subresource: 'status' });
        written.set(release, object.metadata.resourceVersion ?? '');
      } catch (error) {
        // whoever hears of a conflict starts again from what is watched
        if (error instanceof ConflictError) written.delete(release);
        throw error;
      }
    },
  };
}

/** The fleet, workloads and wave plans of the hub. @throws InvalidInput naming every object that is wrong. */
export async function loadPlanningInput(api: KubernetesApi, namespace: string): Promise<PlanningInput> {
  const wanted = [kinds.metricSource, kinds.cluster, kinds.pool, kinds.tenant, kinds.workload, kinds.wavePlan];
  const { documents, issues } = await readAll(api, wanted, namespace);
  if (issues.length > 0) throw new InvalidInput(issues);
  const { fleet, workloads, wavePlans } = inventoryOf(documents);
  return { fleet, workloads, wavePlans };
}

/** All objects of some kinds, and what is wrong with those that cannot be read. */
async function readAll(
  api: KubernetesApi,
  wanted: readonly ResourceKind[],
  namespace: string,
): Promise<{ readonly documents: readonly ParsedDocument[]; readonly issues: readonly InputIssue[] }> {
  const objects = (await Promise.all(wanted.map((kind) => listAll(api, kind, namespace)))).flat();
  const documents: ParsedDocument[] = [];
  const issues: InputIssue[] = [];
  for (const object of objects) {
    const reading = parseDocument(object, `${object.kind}/${object.metadata.name}`);
    if (reading.outcome === 'parsed') documents.push(reading.document);
    else issues.push(...reading.issues);
  }
  return { documents, issues };
}

/** All objects of a kind, page by page, each with its kind. */
export async function listAll(
  api: KubernetesApi,
  kind: ResourceKind,
  namespace: string,
): Promise<readonly KubernetesObject[]> {
  const items: KubernetesObject[] = [];
  let continueToken: string | null = null;
  do {
    const page = await api.list(kind, {
      namespace,
      limit: PAGE_SIZE,
      ...(continueToken === null ? {} : { continueToken }),
    });
    // list items carry no kind of their own
    items.push(
      ...page.items.map((item) => ({ ...item, apiVersion: `${kind.group}/${kind.version}`, kind: kind.kind })),
    );
    ({ continueToken } = page);
  } while (continueToken !== null);
  return items;
}
