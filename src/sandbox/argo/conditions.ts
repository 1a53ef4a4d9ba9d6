import type { RolloutCondition } from './rollout.ts';

/** A list of conditions in the order in which they last changed. */
export type Conditions = readonly RolloutCondition[];

/** The condition of this type, when there is one. */
export function conditionOf(conditions: Conditions, type: RolloutCondition['type']): RolloutCondition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** A condition that changed at this instant. */
export function makeCondition(
  parts: Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowText: string,
): RolloutCondition {
  return { ...parts, lastUpdateTime: nowText, lastTransitionTime: nowText };
}

/**
 * Sets a condition, at the end of the list. Same status and reason: the old one stays, message and all, so that the
 * first message of an abort sticks. The transition time moves only with the status.
 */
export function setCondition(conditions: Conditions, next: RolloutCondition): Conditions {
  const before = conditionOf(conditions, next.type);
  if (before !== undefined && before.status === next.status && before.reason === next.reason) return conditions;
  const lastTransitionTime = before?.status === next.status ? before.lastTransitionTime : next.lastTransitionTime;
  return [...removeCondition(conditions, next.type), { ...next, lastTransitionTime }];
}

/** Sets a condition although status and reason are the same: only `Progressing`, whose update time is its sign of life. */
export function renewCondition(conditions: Conditions, next: RolloutCondition): Conditions {
  const before = conditionOf(conditions, next.type);
  const lastTransitionTime = before?.status === next.status ? before.lastTransitionTime : next.lastTransitionTime;
  return [...removeCondition(conditions, next.type), { ...next, lastTransitionTime }];
}

/** The list without the condition of this type. */
export function removeCondition(conditions: Conditions, type: RolloutCondition['type']): Conditions {
  return conditions.filter((condition) => condition.type !== type);
}
