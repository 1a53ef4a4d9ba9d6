import type { z } from 'zod';
import { planSlice, waveRun } from './daemon-records.ts';
import { cluster, metricSource, pool, tenant } from './fleet.ts';
import { approval, freeze, rollback } from './human-acts.ts';
import { release } from './release.ts';
import { wavePlan } from './wave-plan.ts';
import { webhook } from './webhook.ts';
import { workload } from './workload.ts';

/** The schema of each kind's documents, as people and the Kubernetes API write them. */
export const wireSchemas = {
  MetricSource: metricSource,
  Cluster: cluster,
  Pool: pool,
  Tenant: tenant,
  Workload: workload,
  WavePlan: wavePlan,
  Release: release,
  Approval: approval,
  Freeze: freeze,
  Rollback: rollback,
  Webhook: webhook,
  PlanSlice: planSlice,
  WaveRun: waveRun,
} as const;

/** Name of a kind of ours. */
export type KindName = keyof typeof wireSchemas;

/** A document of a kind that satisfies its schema, defaults filled in. */
export type WireDocument<K extends KindName> = z.output<(typeof wireSchemas)[K]>;

/** Every kind, in the order in which people meet them. */
export const kindNames = Object.keys(wireSchemas) as readonly KindName[];

/** Kinds that the daemon writes and nobody else. */
export const daemonKinds: ReadonlySet<KindName> = new Set<KindName>(['PlanSlice', 'WaveRun']);

/** True for the name of a kind of ours. */
export function isKindName(kind: string): kind is KindName {
  return Object.hasOwn(wireSchemas, kind);
}
