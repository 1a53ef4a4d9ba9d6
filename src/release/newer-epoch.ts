import type { ObservedTarget } from './observed-target.ts';

/** What to tell when a daemon with a newer epoch than ours has acted on a target: we are stale there. `null` when none has. */
export function newerEpoch(observed: ObservedTarget | 'absent' | undefined, epoch: number): string | null {
  if (observed === undefined || observed === 'absent' || observed.epoch === null || observed.epoch <= epoch)
    return null;
  return `epoch ${observed.epoch} has acted here, ours is ${epoch}; is the hub restored from a backup?`;
}
