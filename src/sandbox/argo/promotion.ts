import { type ReplicaSetRoles } from './replica-counts.ts';
import { availableOf, createdSecond, type ReplicaSet } from './replica-set.ts';
import { type Rollout, replicasOf, stepsOf } from './rollout.ts';

/** `true` when the wanted ReplicaSet is older than the stable one by whole seconds, with fewer revisions between than the window allows. */
export function isRollbackWithinWindow(
  rollout: Rollout,
  { canary, stable }: ReplicaSetRoles,
  all: readonly ReplicaSet[],
): boolean {
  const revisions = rollout.spec.rollbackWindow?.revisions ?? 0;
  if (canary === undefined || stable === undefined || revisions <= 0) return false;
  const from = createdSecond(canary);
  const to = createdSecond(stable);
  if (from >= to) return false;
  return all.filter((set) => createdSecond(set) > from && createdSecond(set) < to).length < revisions;
}

/** Why the wanted ReplicaSet becomes the stable one now; `null` in the middle of an update. */
export function promotionReason(
  rollout: Rollout,
  facts: {
    readonly roles: ReplicaSetRoles;
    readonly aborted: boolean;
    readonly withinWindow: boolean;
  },
): string | null {
  const { roles, aborted, withinWindow } = facts;
  if (roles.stable === undefined) return 'Initial deploy';
  if (aborted || roles.canary === undefined || availableOf(roles.canary) < replicasOf(rollout)) return null;
  if (rollout.status.promoteFull === true) return 'Full promotion requested';
  if (withinWindow) return 'Rollback within window';
  const steps = stepsOf(rollout).length;
  const isDone = steps === 0 || (rollout.status.currentStepIndex ?? 0) === steps;
  return isDone ? `Completed all ${steps} canary steps` : null;
}
