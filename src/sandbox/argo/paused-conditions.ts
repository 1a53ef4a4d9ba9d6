import { type Conditions, conditionOf, makeCondition, setCondition } from './conditions.ts';
import { isCompleted } from './progress.ts';
import type { Rollout, RolloutCondition } from './rollout.ts';

/**
 * The conditions that say "paused", "resumed" and "retrying", brought in line with the pauses. `null` when they are.
 * The controller writes them before anything else it does in a pass, together with the generation it has not acted on yet.
 */
export function pausedConditions(rollout: Rollout, nowText: string): Conditions | null {
  const before = rollout.status.conditions ?? [];
  const changes = changesOf(rollout, before);
  if (changes.length === 0) return null;
  return changes.reduce((conditions, change) => setCondition(conditions, makeCondition(change, nowText)), before);
}

type Change = Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>;

function changesOf(rollout: Rollout, before: Conditions): readonly Change[] {
  const progressing = conditionOf(before, 'Progressing')?.reason;
  const isPaused = (rollout.status.pauseConditions ?? []).length > 0 || rollout.spec.paused === true;
  const saysAborted = progressing === 'RolloutAborted';
  const saysPaused = progressing === 'RolloutPaused';
  const changes: Change[] = [];
  if (isPaused !== saysPaused && !saysAborted && !isCompleted(rollout.status)) {
    changes.push(
      isPaused
        ? { type: 'Progressing', status: 'Unknown', reason: 'RolloutPaused', message: 'Rollout is paused' }
        : { type: 'Progressing', status: 'Unknown', reason: 'RolloutResumed', message: 'Rollout is resumed' },
    );
  }
  if (rollout.status.abort !== true && saysAborted) {
    const message = 'Retrying Rollout after abort';
    changes.push({ type: 'Progressing', status: 'Unknown', reason: 'RolloutRetry', message });
  }
  const pausedIsTrue = conditionOf(before, 'Paused')?.status === 'True';
  if (isPaused !== pausedIsTrue && !saysAborted) {
    const status = isPaused ? 'True' : 'False';
    changes.push({ type: 'Paused', status, reason: 'RolloutPaused', message: 'Rollout is paused' });
  }
  return changes;
}
