import { describeQuery } from '../analysis/describe-query.ts';
import { measuredSlo } from '../analysis/measured-slo.ts';
import type { MetricSourceSpec } from '../domain/fleet.ts';
import type { PlanFinding, PlanMeasurement } from '../domain/plan.ts';
import type { Slo, Workload } from '../domain/workload.ts';
import type { GuardedSlo } from '../manifests/guard-template.ts';
import type { AssignedWave } from './assign-waves.ts';
import { compare, error } from './findings.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

/** The SLOs of a tier with objective and bound fixed, or what is wrong with them. */
export interface TierSlos {
  readonly slos: readonly GuardedSlo[];
  readonly findings: readonly PlanFinding[];
}

/** Fixes every SLO of a workload for a tier. */
export function tierSlos(workload: Workload, tier: string): TierSlos {
  const slos: GuardedSlo[] = [];
  const findings: PlanFinding[] = [];
  for (const slo of workload.slos) {
    const result = measuredSlo(slo, tier);
    if (result.kind === 'measured') slos.push(guarded(slo, result));
    else findings.push(error(result.reason, `workload ${workload.name}`, result.message));
  }
  return { slos, findings };
}

/** What a wave is measured by. */
export interface MeasurementInput {
  readonly assigned: AssignedWave;
  readonly slosOf: (tier: string) => readonly GuardedSlo[];
  readonly sourceOf: (cluster: string) => MetricSourceSpec | undefined;
}

/** One measurement for each SLO, tier and source of the wave, sorted by key. */
export function waveMeasurements(input: MeasurementInput): {
  readonly measurements: readonly PlanMeasurement[];
  readonly findings: readonly PlanFinding[];
} {
  const measurements: PlanMeasurement[] = [];
  const findings: PlanFinding[] = [];
  for (const group of groups(input)) {
    for (const slo of input.slosOf(group.tier)) {
      const query = describe(group, slo, input.assigned.wave.analysis.windowMs);
      if (query.kind === 'problem') findings.push(error('SelectorNotUnderstood', `slo ${slo.name}`, query.message));
      else measurements.push(measurement(group, slo, query.text));
    }
  }
  return { measurements: measurements.sort((a, b) => compare(a.key, b.key)), findings };
}

/** Keys unique over the whole plan: a question that a later wave asks again carries the wave's name. */
export function withUniqueKeys(
  waves: readonly { readonly name: string; readonly measurements: readonly PlanMeasurement[] }[],
): readonly (readonly PlanMeasurement[])[] {
  const taken = new Set<string>();
  return waves.map((wave) =>
    wave.measurements.map((measurement) => {
      const key = taken.has(measurement.key) ? `${measurement.key}#${wave.name}` : measurement.key;
      taken.add(key);
      return { ...measurement, key };
    }),
  );
}

/** Targets of one tier whose data are in one source. */
interface Group {
  readonly tier: string;
  readonly source: MetricSourceSpec;
  readonly targets: ResolvedTarget[];
}

function groups(input: MeasurementInput): readonly Group[] {
  const found = new Map<string, Group>();
  for (const target of input.assigned.targets) {
    const source = input.sourceOf(target.cluster);
    if (source === undefined) continue;
    const key = `${target.tier}@${source.name}`;
    const group = found.get(key);
    if (group === undefined) found.set(key, { tier: target.tier, source, targets: [target] });
    else group.targets.push(target);
  }
  return [...found.values()];
}

function describe(group: Group, slo: GuardedSlo, windowMs: number): ReturnType<typeof describeQuery> {
  return describeQuery({
    measured: slo.measured,
    source: group.source,
    windowMs,
    clusters: [...new Set(group.targets.map((target) => target.cluster))].sort(compare),
    tenantIds: group.targets.flatMap((target) => target.tenants.map((tenant) => tenant.id)),
  });
}

function measurement(group: Group, slo: GuardedSlo, query: string): PlanMeasurement {
  return {
    key: `${slo.name}/${group.tier}@${group.source.name}`,
    slo: slo.name,
    tier: group.tier,
    source: group.source.name,
    measured: slo.measured,
    objective: slo.objective,
    query,
  };
}

function guarded(slo: Slo, result: Omit<GuardedSlo, 'name'>): GuardedSlo {
  return { name: slo.name, measured: result.measured, objective: result.objective };
}
