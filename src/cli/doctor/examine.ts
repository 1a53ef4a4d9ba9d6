import pLimit from 'p-limit';
import { crds } from '../../config/crds.ts';
import { suggestion } from '../../config/nearest-name.ts';
import { checkCluster, checkHub } from '../../controller/checkup/cluster-checkup.ts';
import { counted, type Finding, findingsOf } from '../../controller/checkup/finding.ts';
import { checkSource } from '../../controller/checkup/source-checkup.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Cluster, MetricSourceSpec } from '../../domain/fleet.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import type { HubConnection } from '../composition.ts';
import { badArgument } from '../failure.ts';
import { daemonOf, neededRights } from './daemon-rights.ts';
import { type FleetSubjects, fleetSubjects } from './fleet-subjects.ts';
import { type DoctorReport, type PlaceReport, reportOf } from './report.ts';

/** What to look at. */
export interface Examination {
  /** Clusters by name; empty: all. */
  readonly clusters: readonly string[];
  /** Namespace in which controllers are measured; `null`: they are not. */
  readonly probe: string | null;
  readonly leaseName: string;
  /** Told of each place that is done, and how many are to come. */
  readonly onDone: (place: string, left: number) => void;
}

const PLACES_AT_ONCE = 8;

/** Looks at the hub, then at its clusters and sources at once. @throws InvalidInput for a cluster that is not in the hub */
export async function examine(hub: HubConnection, examination: Examination): Promise<DoctorReport> {
  const [hubPlace, input] = await examineHub(hub, examination);
  const clusters = chosenClusters(input, examination.clusters);
  const names = new Set(clusters.map(({ name }) => name));
  const sources = input.fleet.metricSources.filter(({ name }) => clusters.some(({ metrics }) => metrics === name));
  const subjects = fleetSubjects(input, hub.clock.now());
  const limit = pLimit(PLACES_AT_ONCE);
  let left = clusters.length + sources.length;
  const examineOne = (kind: PlaceReport['kind'], name: string, look: () => Promise<readonly Finding[]>) =>
    limit(async (): Promise<PlaceReport> => {
      const startedAt = hub.clock.now();
      const findings = await look();
      left -= 1;
      examination.onDone(`${kind} ${name}`, left);
      return { kind, name, tookMs: hub.clock.now() - startedAt, findings };
    });
  const places = await Promise.all([
    ...clusters.map((cluster) =>
      examineOne('cluster', cluster.name, () => examineCluster(hub, cluster, subjects, examination)),
    ),
    ...sources.map((source) => examineOne('source', source.name, () => examineSource(hub, source, subjects, names))),
  ]);
  return reportOf([hubPlace, ...places]);
}

async function examineHub(
  hub: HubConnection,
  { leaseName: name }: Examination,
): Promise<readonly [PlaceReport, PlanningInput]> {
  const { api, clock, namespace } = hub;
  const startedAt = clock.now();
  let input = NOTHING;
  const declarations = async () => {
    const read = await readDeclarations(hub);
    input = read.input;
    return [read.finding];
  };
  const findings = await checkHub(
    {
      api,
      rights: async () => neededRights('hub', namespace, await daemonOf(api, namespace)),
      definitions: crds(),
      lease: { namespace, name },
      more: [{ name: 'declarations', look: declarations }],
    },
    clock,
  );
  return [{ kind: 'hub', name: hub.description, tookMs: clock.now() - startedAt, findings }, input];
}

const NOTHING: PlanningInput = {
  fleet: { clusters: [], metricSources: [], pools: [], tenants: [] },
  workloads: [],
  wavePlans: [],
};

async function readDeclarations(
  hub: HubConnection,
): Promise<{ readonly input: PlanningInput; readonly finding: Finding }> {
  const { ok, warning, error } = findingsOf('declarations');
  try {
    const input = await hub.store(() => undefined).loadPlanningInput();
    const { clusters, tenants } = input.fleet;
    const message = [
      counted(clusters.length, 'cluster'),
      counted(tenants.length, 'tenant'),
      counted(input.workloads.length, 'workload'),
    ].join(', ');
    if (clusters.length > 0 && input.workloads.length > 0) return { input, finding: ok('Declared', message) };
    return { input, finding: warning('NothingDeclared', message, 'declare the fleet: tidegate apply -f FOLDER') };
  } catch (cause) {
    if (!(cause instanceof InvalidInput)) throw cause;
    const message = cause.message.split('\n').join('; ');
    return {
      input: NOTHING,
      finding: error('DeclarationsInvalid', message, 'correct and apply them: tidegate lint -f FOLDER'),
    };
  }
}

function chosenClusters({ fleet }: PlanningInput, wanted: readonly string[]): readonly Cluster[] {
  if (wanted.length === 0) return fleet.clusters;
  const known = fleet.clusters.map(({ name }) => name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw badArgument(...unknown.map((name) => `unknown cluster "${name}"${suggestion(name, known)}`));
  return fleet.clusters.filter(({ name }) => wanted.includes(name));
}

async function examineCluster(
  hub: HubConnection,
  cluster: Cluster,
  subjects: FleetSubjects,
  examination: Examination,
): Promise<readonly Finding[]> {
  const { clock, namespace } = hub;
  const api = hub.connectCluster(cluster);
  const suffix = Math.floor(hub.random() * 0x1_0000_0000).toString(36);
  const probe = examination.probe === null ? null : { namespace: examination.probe, suffix };
  const rights = neededRights('target', namespace, { kind: 'ourselves' });
  return checkCluster({ api, rights, targets: subjects.targetsOf(cluster.name), probe }, clock);
}

function examineSource(
  hub: HubConnection,
  spec: MetricSourceSpec,
  subjects: FleetSubjects,
  clusters: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const checked = {
    spec,
    source: hub.openSource(spec),
    probe: hub.probeSource(spec),
    slos: subjects.slosOf(spec.name, clusters),
  };
  return checkSource(checked, hub.clock);
}
