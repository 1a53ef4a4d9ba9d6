import type { ResourceKind } from '../../ports/kubernetes-api.ts';
import type { Schema } from './schema.ts';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  /** `.status.phase` */
  readonly jsonPath: string;
  /** Columns above 0 are shown with `-o wide` alone. */
  readonly priority?: number;
  readonly description?: string;
}

/** A kind that a store serves, and how it behaves. */
export interface Resource extends ResourceKind {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Schema of the whole object, metadata left out. */
  readonly schema: Schema;
  /** Status is written through `/status` alone, and does not count for the generation. */
  readonly hasStatus: boolean;
  readonly hasGeneration: boolean;
  /** It comes from a definition. */
  readonly isCustom: boolean;
  /** A PUT must carry the resourceVersion that it replaces. */
  readonly needsVersion: boolean;
  readonly columns: readonly PrinterColumn[];
}

/** `rollouts.argoproj.io`, `pods`: how messages name a resource, and the key under which it is stored. */
export function resourceName(kind: Pick<ResourceKind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `argoproj.io/v1alpha1`, `v1`. */
export function apiVersionOf(kind: Pick<ResourceKind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `Rollout.argoproj.io`: how messages about validity name a kind. */
export function qualifiedKind(kind: Pick<ResourceKind, 'group' | 'kind'>): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}
