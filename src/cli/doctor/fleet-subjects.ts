import { measuredSlo } from '../../analysis/measured-slo.ts';
import type { SourceSlo } from '../../controller/checkup/metric-source.ts';
import type { FleetTarget } from '../../controller/checkup/targets.ts';
import type { Fleet } from '../../domain/fleet.ts';
import type { MeasuredSlo } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { Workload } from '../../domain/workload.ts';
import { rolloutOf } from '../../planning/plan.ts';
import { type ResolvedTarget, resolveTargets } from '../../planning/resolve-targets.ts';
import type { PlanningInput } from '../../ports/release-store.ts';

/** What the fleet wants of one cluster and of one source. */
export interface FleetSubjects {
  readonly targetsOf: (cluster: string) => readonly FleetTarget[];
  readonly slosOf: (source: string, clusters: ReadonlySet<string>) => readonly SourceSlo[];
}

/** A target with the workload that it runs. */
export interface WorkloadTarget extends ResolvedTarget {
  readonly workload: Workload;
}

/** Resolves every workload's targets, held ones too: what is held today is released to later. */
export function fleetSubjects(input: PlanningInput, now: Instant): FleetSubjects {
  const targets = input.workloads.flatMap((workload) => workloadTargets(input, workload, now));
  return {
    targetsOf: (cluster) =>
      targets
        .filter((target) => target.cluster === cluster)
        .map(({ id, namespace, rollout, workload: { source } }) => ({
          id,
          namespace,
          rollout,
          adoptedContainers: source.kind === 'existing' ? Object.keys(source.containers) : null,
        })),
    slosOf: (source, clusters) =>
      slosOf(
        input.fleet,
        targets.filter(({ cluster }) => clusters.has(cluster)),
        source,
      ),
  };
}

/** Every place of a workload, held ones too. */
export function workloadTargets(input: PlanningInput, workload: Workload, now: Instant): readonly WorkloadTarget[] {
  const release = {
    name: 'doctor',
    workload: workload.name,
    version: { name: '', images: {} },
    wavePlan: '',
    scope: null,
  };
  const rollbackOrder = input.wavePlans[0]?.rollback.order ?? [];
  const asked = {
    fleet: input.fleet,
    workload: workload.name,
    rollout: rolloutOf(workload),
    release,
    rollbackOrder,
    now,
  };
  const { targets, excluded } = resolveTargets(asked);
  return [...targets, ...excluded].map((target) => ({ ...target, workload }));
}

interface SloGroup {
  readonly name: string;
  readonly tiers: Set<string>;
  readonly measured: MeasuredSlo;
  readonly rows: Map<string, SourceSlo['rows'][number]>;
}

/** One entry for each question that differs: tiers with the same bound are asked together. */
function slosOf(fleet: Fleet, targets: readonly WorkloadTarget[], source: string): readonly SourceSlo[] {
  const sourceOf = new Map(fleet.clusters.map(({ name, metrics }) => [name, metrics]));
  const groups = new Map<string, SloGroup>();
  for (const target of targets.filter(({ cluster }) => sourceOf.get(cluster) === source)) {
    for (const slo of target.workload.slos) {
      const result = measuredSlo(slo, target.tier);
      // what cannot be read is told by the plan
      if (result.kind === 'problem') continue;
      const name = `${target.workload.name}/${slo.name}`;
      const key = `${name}|${JSON.stringify(result.measured)}`;
      const group = groups.get(key) ?? { name, tiers: new Set(), measured: result.measured, rows: new Map() };
      groups.set(key, group);
      group.tiers.add(target.tier);
      for (const { name: tenant, id } of target.tenants)
        group.rows.set(`${target.cluster}|${id}`, { tenant, cluster: target.cluster, tenantId: id });
    }
  }
  const all = [...groups.values()];
  return all.map((group) => ({ name: nameOf(group, all), measured: group.measured, rows: [...group.rows.values()] }));
}

/** `storefront/latency (business)` where tiers are asked differently. */
function nameOf(group: SloGroup, all: readonly SloGroup[]): string {
  const isOnly = all.filter(({ name }) => name === group.name).length === 1;
  return isOnly ? group.name : `${group.name} (${[...group.tiers].sort().join(', ')})`;
}
