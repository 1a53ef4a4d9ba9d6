import { later } from '../../domain/time.ts';
import { kinds } from '../../ports/kinds.ts';
import { refOf } from '../model-store.ts';
import { type Pass, timeText } from './pass.ts';
import { isAborted } from './pause.ts';
import { isSeparate } from './replica-counts.ts';
import { availableOf, podHashOf, type ReplicaSet, scaleDownDeadlineOf } from './replica-set.ts';
import { replaceReplicaSet } from './revision.ts';
import { canaryOf, isFullyPromoted, replicasOf, SCALE_DOWN_DEADLINE_ANNOTATION } from './rollout.ts';
import { selectedHash } from './services.ts';

/** Seconds. */
const DEFAULT_DELAY = 30;

/** With a router: whoever is new or stable again has no date to go. */
export function dropDeadlines(pass: Pass): void {
  const { stable, canary } = pass.roles;
  const staying = isDelayedByAbort(pass) ? [stable] : [canary, isSeparate(pass.roles) ? stable : undefined];
  for (const replicaSet of staying) {
    if (replicaSet !== undefined && scaleDownDeadlineOf(replicaSet) !== null) writeDeadline(pass, replicaSet, null);
  }
}

/** Pods of the canary, given those of its weight: after an abort they stay until their date; `null` leaves them as they are. */
export function abortedCount(pass: Pass, otherwise: number): number | null {
  const { canary, stable } = pass.roles;
  if (canary === undefined || stable === undefined || !isDelayedByAbort(pass)) return otherwise;
  const deadline = scaleDownDeadlineOf(canary);
  if (deadline === null) {
    if (availableOf(stable) === replicasOf(pass.rollout)) writeDeadline(pass, canary, abortDelaySeconds(pass));
    return null;
  }
  return isOver(pass, deadline) ? 0 : null;
}

/** Pods of a ReplicaSet that is neither new nor stable: it stays while something leads to it, after a promotion until its date. */
export function otherCount(pass: Pass, other: ReplicaSet): number {
  if (isReferenced(pass, podHashOf(other))) return other.spec.replicas;
  const deadline = scaleDownDeadlineOf(other);
  if (deadline !== null) return isOver(pass, deadline) ? 0 : other.spec.replicas;
  if (!isFullyPromoted(pass.rollout)) return 0;
  writeDeadline(pass, other, canaryOf(pass.rollout).scaleDownDelaySeconds ?? DEFAULT_DELAY);
  return other.spec.replicas;
}

function abortDelaySeconds({ rollout }: Pass): number {
  return canaryOf(rollout).abortScaleDownDelaySeconds ?? DEFAULT_DELAY;
}

function isDelayedByAbort(pass: Pass): boolean {
  return isAborted(pass.rollout, pass.intent) && pass.roles.stable !== undefined && abortDelaySeconds(pass) > 0;
}

/** Looks again when it is not. */
function isOver({ environment }: Pass, deadline: number): boolean {
  const leftMs = deadline - environment.now();
  if (leftMs >= 0) environment.lookAgainAfter(leftMs + 1);
  return leftMs < 0;
}

function isReferenced({ rollout, environment }: Pass, hash: string): boolean {
  const { weights } = rollout.status.canary ?? {};
  if (weights?.canary.podTemplateHash === hash || weights?.stable.podTemplateHash === hash) return true;
  const { canaryService, stableService } = canaryOf(rollout);
  return [canaryService, stableService].some((name) => {
    if (name === undefined) return false;
    const service = environment.findService(rollout.metadata.namespace ?? '', name);
    return service !== undefined && selectedHash(service) === hash;
  });
}

/** In whole seconds from now; `null` takes the date away. */
function writeDeadline(pass: Pass, replicaSet: ReplicaSet, seconds: number | null): void {
  const { store, now, lookAgainAfter } = pass.environment;
  const value = seconds === null ? null : timeText(later(now(), seconds * 1000));
  if (seconds !== null) lookAgainAfter(seconds * 1000);
  const patch = { metadata: { annotations: { [SCALE_DOWN_DEADLINE_ANNOTATION]: value } } };
  replaceReplicaSet(pass, store.mergePatch(refOf(kinds.replicaSet, replicaSet), patch));
}
