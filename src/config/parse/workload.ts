import type { JsonObject, PerTier, Slo, Workload } from '../../domain/workload.ts';
import type { WireDocument } from '../wire/kinds.ts';
import { durationMs } from './duration.ts';

/** A Workload document as the domain knows it. The schema refuses every source but `generate`. */
export function parseWorkload({ metadata, spec }: WireDocument<'Workload'>): Workload {
  const generate = spec.source.generate!;
  return {
    name: metadata.name,
    source: {
      kind: 'generate',
      template: generate.template as JsonObject,
      ports: generate.ports.map(({ name, port, targetPort }) => ({ name, port, targetPort: targetPort ?? port })),
      replicas: generate.replicas,
      tiers: generate.tiers as PerTier<JsonObject>,
      progressDeadlineSeconds: generate.progressDeadlineSeconds,
    },
    slos: spec.slos.map(sloOf),
  };
}

function sloOf(slo: WireDocument<'Workload'>['spec']['slos'][number]): Slo {
  const objective = mapTiers(slo.objective, Number);
  if (slo.good !== undefined) return { kind: 'ratio', name: slo.name, good: slo.good, total: slo.total!, objective };
  const belowSeconds = mapTiers(slo.below!, (bound) => durationMs(bound) / 1000);
  return { kind: 'latency', name: slo.name, histogram: slo.histogram!, belowSeconds, objective };
}

function mapTiers<T, U>(values: PerTier<T>, change: (value: T) => U): PerTier<U> {
  return Object.fromEntries(Object.entries(values).map(([tier, value]) => [tier, change(value)]));
}
