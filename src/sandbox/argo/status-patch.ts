import type { RolloutStatus } from './rollout.ts';

/** The merge patch from one status to the other: only the fields that differ, `null` for those that went. `null` when nothing differs. */
export function statusPatch(before: RolloutStatus, after: RolloutStatus): Record<string, unknown> | null {
  return diff(before as Record<string, unknown>, after as Record<string, unknown>);
}

function diff(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> | null {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const from = before[key];
    const to = after[key];
    if (to === undefined) {
      if (from !== undefined) patch[key] = null;
    } else if (isRecord(from) && isRecord(to)) {
      const inner = diff(from, to);
      if (inner !== null) patch[key] = inner;
    } else if (!isSame(from, to)) {
      patch[key] = to;
    }
  }
  return Object.keys(patch).length === 0 ? null : patch;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists are replaced whole; their items always come with the same order of keys or are compared by key. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  if (isRecord(a) && isRecord(b)) return diff(a, b) === null;
  return a === b;
}
