import type { Fleet } from '../domain/fleet.ts';
import type { Approval, Freeze, ReleaseSpec, RollbackRequest, WavePlan } from '../domain/wave-plan.ts';
import type { Webhook } from '../domain/webhook.ts';
import type { Workload } from '../domain/workload.ts';
import { compareText } from './document-source.ts';
import type { ParsedDocument, ParsedValues } from './parse-document.ts';
import type { KindName } from './wire/kinds.ts';

/** Everything that people declare. Each list is sorted by name. */
export interface Inventory {
  readonly fleet: Fleet;
  readonly workloads: readonly Workload[];
  readonly wavePlans: readonly WavePlan[];
  readonly releases: readonly ReleaseSpec[];
  readonly approvals: readonly Approval[];
  readonly freezes: readonly Freeze[];
  readonly rollbacks: readonly RollbackRequest[];
  readonly webhooks: readonly Webhook[];
}

/** Sorts documents into an inventory; the order they come in does not matter. */
export function inventoryOf(documents: readonly ParsedDocument[]): Inventory {
  const of = <K extends KindName>(kind: K) => valuesOf(documents, kind);
  return {
    fleet: {
      clusters: of('Cluster'),
      metricSources: of('MetricSource'),
      pools: of('Pool'),
      tenants: of('Tenant'),
    },
    workloads: of('Workload'),
    wavePlans: of('WavePlan'),
    releases: of('Release'),
    approvals: of('Approval'),
    freezes: of('Freeze'),
    rollbacks: of('Rollback'),
    webhooks: of('Webhook'),
  };
}

function valuesOf<K extends KindName>(documents: readonly ParsedDocument[], kind: K): readonly ParsedValues[K][] {
  return documents
    .filter((document) => document.kind === kind)
    .sort((left, right) => compareText(left.name, right.name))
    .map((document) => document.value as ParsedValues[K]);
}
