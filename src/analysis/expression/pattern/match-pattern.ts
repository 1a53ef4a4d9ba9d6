import type { Assertion, Pattern } from './pattern.ts';

/**
 * Whether the pattern is found anywhere in a text.
 * @param points the text's code points
 * @param count is called for each state that is looked at
 */
export function matchesPattern(pattern: Pattern, points: readonly number[], count: () => void): boolean {
  let active = new Set<number>();
  for (let at = 0; at <= points.length; at += 1) {
    if (enter(pattern, pattern.start, active, points, at, count)) return true;
    const following = new Set<number>();
    const point = points[at];
    if (point === undefined) return false;
    for (const index of active) {
      const state = pattern.states[index];
      if (state?.kind !== 'point' || !state.test(point)) continue;
      if (enter(pattern, state.next, following, points, at + 1, count)) return true;
    }
    active = following;
  }
  return false;
}

/** Adds a state and all that it leads to without a character; says whether the end is among them. */
function enter(
  pattern: Pattern,
  start: number,
  active: Set<number>,
  points: readonly number[],
  at: number,
  count: () => void,
): boolean {
  const pending = [start];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    count();
    if (active.has(index)) continue;
    active.add(index);
    const state = pattern.states[index];
    if (state?.kind === 'found') return true;
    if (state?.kind === 'fork') pending.push(...state.next);
    if (state?.kind === 'assertion' && holds(state.assertion, points, at)) pending.push(state.next);
  }
  return false;
}

const NEW_LINE = 10;

function holds(assertion: Assertion, points: readonly number[], at: number): boolean {
  switch (assertion) {
    case 'textStart':
      return at === 0;
    case 'textEnd':
      return at === points.length;
    case 'lineStart':
      return at === 0 || points[at - 1] === NEW_LINE;
    case 'lineEnd':
      return at === points.length || points[at] === NEW_LINE;
    case 'wordBoundary':
      return isWordPoint(points[at - 1]) !== isWordPoint(points[at]);
    case 'noWordBoundary':
      return isWordPoint(points[at - 1]) === isWordPoint(points[at]);
  }
}

function isWordPoint(point: number | undefined): boolean {
  return point !== undefined && point < 128 && /^\w$/.test(String.fromCharCode(point));
}
