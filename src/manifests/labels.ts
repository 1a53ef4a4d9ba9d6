import type { JsonObject } from '../domain/workload.ts';
import { labelValue, rolloutName } from './names.ts';

/** Prefix of every label and annotation of ours. */
const PREFIX = 'tidegate.dev';
const PLAN_LABEL_LENGTH = 16;

/** Labels that Tidegate reads back from the objects it wrote. */
export const labelKeys = {
  release: `${PREFIX}/release`,
  plan: `${PREFIX}/plan`,
  wave: `${PREFIX}/wave`,
  tier: `${PREFIX}/tier`,
  tenant: `${PREFIX}/tenant`,
  pool: `${PREFIX}/pool`,
  workload: 'app.kubernetes.io/name',
  version: 'app.kubernetes.io/version',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

/** What selects the pods of a workload in its namespace; immutable for the life of a Rollout. */
export function selectorLabels(workload: string): Readonly<Record<string, string>> {
  return { [labelKeys.workload]: rolloutName(workload) };
}

/** Who an object belongs to: the same for every release, so that a support object changes only when its meaning does. */
export interface Placed {
  readonly workload: string;
  readonly tier: string;
  /** The pool's or the tenant's name. */
  readonly owner: { readonly kind: 'pool' | 'tenant'; readonly name: string };
}

/** Labels of every object of a target, sorted. */
export function placedLabels(placed: Placed): Readonly<Record<string, string>> {
  return {
    [labelKeys.managedBy]: 'tidegate',
    ...selectorLabels(placed.workload),
    [placed.owner.kind === 'pool' ? labelKeys.pool : labelKeys.tenant]: labelValue(placed.owner.name),
    [labelKeys.tier]: labelValue(placed.tier),
  };
}

/** The value of the plan label: the first 16 hex digits of the hash. */
export function planLabel(planHash: string): string {
  return planHash.slice(0, PLAN_LABEL_LENGTH);
}

/** What a write adds to a rendered object: the plan's hash covers the rendered bytes, so it cannot stand in them. */
export interface Ownership {
  readonly release: string;
  readonly planHash: string;
  readonly wave: string;
}

/** A rendered object with the labels of the release, plan and wave that write it. The rest is untouched. */
export function stampOwnership(manifest: JsonObject, ownership: Ownership): JsonObject {
  const metadata = (manifest['metadata'] ?? {}) as JsonObject;
  const labels = (metadata['labels'] ?? {}) as JsonObject;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      labels: {
        ...labels,
        [labelKeys.plan]: planLabel(ownership.planHash),
        [labelKeys.release]: labelValue(ownership.release),
        [labelKeys.wave]: labelValue(ownership.wave),
      },
    },
  };
}
