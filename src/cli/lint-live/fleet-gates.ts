import { measuredSlo } from '../../analysis/measured-slo.ts';
import { formatPath } from '../../config/document-path.ts';
import type { DocumentSource } from '../../config/document-source.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { Instant } from '../../domain/time.ts';
import type { Workload, WorkloadAnalysis } from '../../domain/workload.ts';
import { valuesOf } from '../../planning/pod-templates.ts';
import { type TargetAnalysis, targetAnalysis } from '../../planning/target-analysis.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import { type WorkloadTarget, workloadTargets } from '../doctor/fleet-subjects.ts';
import { type LiveFinding, type Place, toldOf } from './live-finding.ts';
import type { LiveMetric, LiveSlo } from './live-gates.ts';

/** The gates of a fleet, and what is wrong with those that cannot be asked. */
export interface FleetGates {
  readonly gates: readonly (LiveSlo | LiveMetric)[];
  readonly findings: readonly LiveFinding[];
}

/** Where workloads are written. */
export type SourceOfWorkload = (workload: string) => DocumentSource;

/** Stand for the pod hashes until those of the series are known. */
const SOME_HASHES = { latestHash: '0000000001', stableHash: '0000000002' };
/** The window of a fleet without a wave plan, ms. */
const DEFAULT_WINDOW_MS = 120_000;

/** Every SLO and every metric of every workload, once a source. */
export function fleetGates(input: PlanningInput, sourceOf: SourceOfWorkload, now: Instant): FleetGates {
  const { clusters, metricSources } = input.fleet;
  const windows = input.wavePlans.flatMap(({ waves }) => waves.map(({ analysis }) => analysis.windowMs));
  const windowMs =
    windows.length === 0
      ? { least: DEFAULT_WINDOW_MS, most: DEFAULT_WINDOW_MS }
      : { least: Math.min(...windows), most: Math.max(...windows) };
  const parts = input.workloads.flatMap((workload) => {
    const targets = workloadTargets(input, workload, now);
    return metricSources.flatMap((source): readonly FleetGates[] => {
      const names = new Set(clusters.filter(({ metrics }) => metrics === source.name).map(({ name }) => name));
      const own = targets.filter(({ cluster }) => names.has(cluster));
      if (own.length === 0) return [];
      const at = (path: readonly (string | number)[]) => placeAt(sourceOf(workload.name), ['spec', ...path]);
      const asked = { workload, source, targets: own, at };
      return [
        { gates: sloGates(asked, windowMs), findings: [] },
        ...workload.analyses.map((_, i) => metricGates(asked, i)),
      ];
    });
  });
  return { gates: parts.flatMap(({ gates }) => gates), findings: parts.flatMap(({ findings }) => findings) };
}

/** The place of a field. */
export function placeAt(source: DocumentSource, path: readonly (string | number)[]): Place {
  return { file: source.file, line: source.locate(path, 'value')?.line ?? null, path: formatPath(path) };
}

interface AskedWorkload {
  readonly workload: Workload;
  readonly source: MetricSourceSpec;
  readonly targets: readonly WorkloadTarget[];
  readonly at: (path: readonly (string | number)[]) => Place;
}

/** Tiers that are asked the same are one gate. */
function sloGates({ workload, source, targets, at }: AskedWorkload, windowMs: LiveSlo['windowMs']): readonly LiveSlo[] {
  return workload.slos.flatMap((slo, index) => {
    const tiers = [...new Set(targets.map(({ tier }) => tier))].sort();
    const read = tiers.flatMap((tier) => {
      const result = measuredSlo(slo, tier);
      // what cannot be read is told by the plan
      return result.kind === 'problem' ? [] : [{ tier, measured: result.measured }];
    });
    const alike = Map.groupBy(read, ({ measured }) => JSON.stringify(measured));
    return [...alike.values()].map((group): LiveSlo => {
      const names = group.map(({ tier }) => tier);
      const rows = targets
        .filter(({ tier }) => names.includes(tier))
        .flatMap(({ cluster, tenants }) => tenants.map(({ name, id }) => ({ tenant: name, cluster, tenantId: id })));
      const which = alike.size === 1 ? '' : ` (${names.join(', ')})`;
      return {
        kind: 'slo',
        subject: `workload ${workload.name}, slo ${slo.name}${which}`,
        place: at(['slos', index]),
        source,
        measured: group[0]!.measured,
        rows,
        windowMs,
      };
    });
  });
}

function metricGates({ workload, source, targets, at }: AskedWorkload, index: number): FleetGates {
  const analysis = workload.analyses[index]!;
  const subject = `workload ${workload.name}, analysis ${analysis.name}`;
  const asked: { readonly target: WorkloadTarget; readonly own: TargetAnalysis }[] = [];
  for (const target of targets) {
    const own = targetAnalysis(analysis, { placeholders: valuesOf(target), ...SOME_HASHES });
    if (own.kind === 'problem') {
      const place = at(['analyses', index]);
      const told = toldOf(subject, place);
      return { gates: [], findings: [told.error(own.reason, own.message, 'mend it, it is refused in every plan')] };
    }
    asked.push({ target, own });
  }
  const [first] = asked;
  const gates = (first?.own.prepared.metrics ?? []).map(
    (metric, metricIndex): LiveMetric => ({
      kind: 'metric',
      subject: `${subject}, metric ${metric.name}`,
      place: at(['analyses', index, 'template', 'metrics', metricIndex]),
      source,
      metric,
      query: first!.own.queries[metric.name] ?? '',
      targets: asked.map(({ target, own }) => ({ id: target.id, cluster: target.cluster, args: own.args })),
      latestArgs: hashArgs(analysis, 'Latest'),
      stableArgs: hashArgs(analysis, 'Stable'),
    }),
  );
  return { gates, findings: [] };
}

function hashArgs({ args }: WorkloadAnalysis, of: 'Latest' | 'Stable'): readonly string[] {
  return args.flatMap(({ name, value }) => (value.kind === 'podTemplateHash' && value.of === of ? [name] : []));
}
