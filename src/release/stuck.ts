import type { WaitingFor } from '../domain/release-status.ts';
import type { Instant } from '../domain/time.ts';
import { locateOnWay } from './location.ts';
import { isStuck, pendingEffect } from './pending.ts';
import type { Snapshot } from './snapshot.ts';

/** A command that a person should look at. */
export interface StuckCommand extends WaitingFor {
  readonly reason: 'CommandRefused' | 'CommandStuck';
  readonly cluster: string;
}

/** Commands that were refused, or whose effect is overdue: a person is told, and they are still retried. */
export function stuckCommands(snapshot: Snapshot, now: Instant): readonly StuckCommand[] {
  const stuck: StuckCommand[] = [];
  for (const run of snapshot.runs.values()) {
    const indexed = snapshot.index.targets.get(run.target);
    const observed = snapshot.targets.get(run.target);
    if (indexed === undefined || observed === undefined || observed === 'absent' || run.reachedAt !== null) continue;
    const { cluster } = indexed.target;
    const refusal = snapshot.refusals.get(run.target);
    if (refusal !== undefined) stuck.push({ reason: 'CommandRefused', message: refusal, cluster });
    const effect = pendingEffect(locateOnWay(run, indexed, observed, snapshot.release), observed);
    if (effect === null || !isStuck(run, effect, now)) continue;
    const message = `${run.target} does not show the effect of ${effect.name}; is the Argo Rollouts controller of ${cluster} alive?`;
    stuck.push({ reason: 'CommandStuck', message, cluster });
  }
  return stuck;
}
