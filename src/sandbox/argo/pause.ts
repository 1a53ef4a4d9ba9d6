import type { PauseCondition, Rollout, RolloutStatus } from './rollout.ts';

/** What one pass of the controller wants done to pause and abort; written into the status at its end. */
export interface PauseIntent {
  readonly add: Set<PauseCondition['reason']>;
  readonly remove: Set<PauseCondition['reason']>;
  clear: boolean;
  /** The message of an abort that the controller itself decides; `null` when it decides none. */
  abortMessage: string | null;
  removeAbort: boolean;
}

/** An intent that changes nothing. */
export function noPauseIntent(): PauseIntent {
  return { add: new Set(), remove: new Set(), clear: false, abortMessage: null, removeAbort: false };
}

/** `true` when the Rollout is aborted as this pass sees it. */
export function isAborted(rollout: Rollout, intent: PauseIntent): boolean {
  return !intent.removeAbort && (intent.abortMessage !== null || rollout.status.abort === true);
}

/** Pause, abort and their times as the status shall carry them. An abort drops every pause; its time is set once. */
export function pauseFields(
  rollout: Rollout,
  intent: PauseIntent,
  nowText: string,
): Pick<RolloutStatus, 'abort' | 'abortedAt' | 'pauseConditions' | 'controllerPause'> {
  const isStillAborted = intent.abortMessage !== null || (!intent.removeAbort && rollout.status.abort === true);
  if (isStillAborted) return { abort: true, abortedAt: rollout.status.abortedAt ?? nowText };
  if (intent.clear) return {};
  const before = rollout.status.pauseConditions ?? [];
  const added = [...intent.add]
    .filter((reason) => !before.some((pause) => pause.reason === reason))
    .map((reason) => ({ reason, startTime: nowText }));
  const pauseConditions = [...before.filter((pause) => !intent.remove.has(pause.reason)), ...added];
  if (pauseConditions.length === 0) return {};
  const controllerPause = added.length > 0 || rollout.status.controllerPause === true;
  return { pauseConditions, ...(controllerPause ? { controllerPause } : {}) };
}
