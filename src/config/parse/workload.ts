import type {
  ExistingSource,
  GenerateSource,
  JsonObject,
  PerTier,
  Slo,
  Workload,
  WorkloadAnalysis,
} from '../../domain/workload.ts';
import { parseAnalysisSpec } from '../analysis-spec.ts';
import type { WireDocument } from '../wire/kinds.ts';
import { durationMs } from './duration.ts';

type WireSource = WireDocument<'Workload'>['spec']['source'];

/** A Workload document as the domain knows it. The schema takes exactly one source. */
export function parseWorkload({ metadata, spec }: WireDocument<'Workload'>): Workload {
  const { generate, existing } = spec.source;
  const common = { name: metadata.name, slos: spec.slos.map(sloOf), analyses: spec.analyses.map(analysisOf) };
  return existing === undefined
    ? { ...common, source: generateOf(generate!) }
    : { ...common, source: existingOf(existing) };
}

function generateOf(generate: NonNullable<WireSource['generate']>): GenerateSource {
  const { template, ports, replicas, tiers, progressDeadlineSeconds } = generate;
  return {
    kind: 'generate',
    template: template as JsonObject,
    ports: ports.map(({ name, port, targetPort }) => ({ name, port, targetPort: targetPort ?? port })),
    replicas,
    tiers: tiers as PerTier<JsonObject>,
    progressDeadlineSeconds,
  };
}

function existingOf({ rollout, containers, replicas }: NonNullable<WireSource['existing']>): ExistingSource {
  return { kind: 'existing', rollout, containers, replicas: replicas ?? null };
}

function sloOf(slo: WireDocument<'Workload'>['spec']['slos'][number]): Slo {
  const objective = mapTiers(slo.objective, Number);
  if (slo.good !== undefined) return { kind: 'ratio', name: slo.name, good: slo.good, total: slo.total!, objective };
  const belowSeconds = mapTiers(slo.below!, (bound) => durationMs(bound) / 1000);
  return { kind: 'latency', name: slo.name, histogram: slo.histogram!, belowSeconds, objective };
}

function analysisOf({ name, template, args }: WireDocument<'Workload'>['spec']['analyses'][number]): WorkloadAnalysis {
  return {
    name,
    template: parseAnalysisSpec(template),
    args: args.map(({ name: arg, value, valueFrom }) => ({
      name: arg,
      value:
        valueFrom === undefined
          ? { kind: 'text', text: value! }
          : { kind: 'podTemplateHash', of: valueFrom.podTemplateHashValue },
    })),
  };
}

function mapTiers<T, U>(values: PerTier<T>, change: (value: T) => U): PerTier<U> {
  return Object.fromEntries(Object.entries(values).map(([tier, value]) => [tier, change(value)]));
}
