import type { TimelineEntry, WaitingFor } from '../domain/release-status.ts';

/** How the line of a story begins that tells of a wait. */
export const HOLDS = 'holds: ';

/** How the reason of a line ends that tells of the end of a wait. */
export const OVER = 'Over';

/** Lines of one reason that a status carries; the WaveRuns have every target. */
export const WAITS_PER_REASON = 20;

/** The first of each reason, and how many more: a cluster with 2 000 targets must not fill the status. */
export function boundedWaits(waits: readonly WaitingFor[]): readonly WaitingFor[] {
  return [...byReason(waits)].flatMap(([reason, messages]) => {
    const told = messages.slice(0, WAITS_PER_REASON).map((message) => ({ reason, message }));
    const left = messages.length - told.length;
    return left === 0 ? told : [...told, { reason, message: `and ${left} more targets` }];
  });
}

/** One line a reason. */
export function headlines(waits: readonly WaitingFor[]): readonly WaitingFor[] {
  return [...byReason(waits)].map(([reason, messages]) => {
    const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
    return { reason, message: `${messages[0]}${more}` };
  });
}

/** A story of as many lines as a status carries: of its older half the waits go first, so that one which comes and goes crowds out nothing else. */
export function boundedStory(story: readonly TimelineEntry[], limit: number): readonly TimelineEntry[] {
  const excess = story.length - limit;
  if (excess <= 0) return story;
  const older = story.slice(0, story.length - Math.floor(limit / 2));
  const oldestWaits = new Set(older.filter(isOfWait).slice(0, excess));
  return story.filter((entry) => !oldestWaits.has(entry)).slice(-limit);
}

function isOfWait({ reason, message }: TimelineEntry): boolean {
  return message.startsWith(HOLDS) || reason.endsWith(OVER);
}

function byReason(waits: readonly WaitingFor[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { reason, message } of waits) {
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [message]);
    else group.push(message);
  }
  return groups;
}
