import type { WaitingFor } from '../domain/release-status.ts';
import type { Instant } from '../domain/time.ts';
import { locate, locateRestore } from './location.ts';
import { isStuck, pendingEffect } from './pending.ts';
import type { Snapshot } from './snapshot.ts';

/** Commands that were refused, or whose effect is overdue: a person is told, and they are still retried. */
export function stuckCommands(snapshot: Snapshot, now: Instant): readonly WaitingFor[] {
  const stuck: WaitingFor[] = [];
  for (const run of snapshot.runs.values()) {
    const indexed = snapshot.index.targets.get(run.target);
    const observed = snapshot.targets.get(run.target);
    if (indexed === undefined || observed === undefined || observed === 'absent' || run.reachedAt !== null) continue;
    const refusal = snapshot.refusals.get(run.target);
    if (refusal !== undefined) stuck.push({ reason: 'CommandRefused', message: refusal });
    const location =
      run.goal.kind === 'restored'
        ? locateRestore(run, indexed, observed, snapshot.release)
        : locate(run, indexed, observed, snapshot.release);
    const effect = pendingEffect(location, observed);
    if (effect === null || !isStuck(run, effect, now)) continue;
    const message = `${run.target} does not show the effect of ${effect.name}; is the Argo Rollouts controller of ${indexed.target.cluster} alive?`;
    stuck.push({ reason: 'CommandStuck', message });
  }
  return stuck;
}
