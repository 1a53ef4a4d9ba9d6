import pLimit from 'p-limit';
import { suggestion } from '../../config/nearest-name.ts';
import { checkCluster } from '../../controller/checkup/cluster-checkup.ts';
import type { Finding } from '../../controller/checkup/finding.ts';
import { checkSource } from '../../controller/checkup/source-checkup.ts';
import type { Cluster, MetricSourceSpec } from '../../domain/fleet.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import type { HubConnection } from '../composition.ts';
import { badArgument } from '../failure.ts';
import { neededRights } from './daemon-rights.ts';
import { examineHub } from './examine-hub.ts';
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
  const { place, input } = await examineHub(hub, examination.leaseName);
  if (input === null) return reportOf([place]);
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
  return reportOf([place, ...places]);
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
