import { isDeepStrictEqual } from 'node:util';
import { comparable } from './milestones.ts';
import type { Milestone, Scenario } from './scenario.ts';

/** Lines that show where a run left the record, `-` recorded and `+` seen; `undefined` when they are the same. */
export function differenceOf(scenario: Scenario, seen: readonly Milestone[]): string | undefined {
  const recorded = comparable(scenario, scenario.milestones);
  const shown = comparable(scenario, seen);
  if (isDeepStrictEqual(recorded, shown)) return undefined;
  const place = recorded.findIndex((milestone, index) => !isDeepStrictEqual(milestone, shown[index]));
  const from = place < 0 ? recorded.length : place;
  const lines = (sign: string, milestones: readonly Milestone[]) =>
    milestones.slice(from).map((milestone) => `  ${sign} ${JSON.stringify(milestone)}`);
  const before = from > 0 ? [`    ${JSON.stringify(recorded[from - 1])}`] : [];
  return [...before, ...lines('-', recorded), ...lines('+', shown)].join('\n');
}
