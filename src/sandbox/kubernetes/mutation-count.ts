import type { ResourceKind } from '../../ports/kubernetes-api.ts';
import { resourceName } from './resource.ts';

/** Counts successful mutations by verb and resource. */
export interface MutationCount {
  readonly add: (verb: string, kind: ResourceKind) => void;
  /** `patch rollouts.argoproj.io` → how often. */
  readonly counts: () => ReadonlyMap<string, number>;
}

/** A count that starts at nothing. */
export function createMutationCount(): MutationCount {
  const counts = new Map<string, number>();
  return {
    add(verb, kind) {
      const key = `${verb} ${resourceName(kind)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    counts: () => new Map(counts),
  };
}
