import type { TimelineEntry } from '../../domain/release-status.ts';
import { clockTime } from './clock-time.ts';
import { type Line, type Style, span } from './line.ts';

/** Entries of one moment and reason that are told one by one. */
const TOLD_ONE_BY_ONE = 3;

/** The story, a line an entry; many targets that fail at once for one reason are told by the first two and a count. */
export function storyLines(timeline: readonly TimelineEntry[], zone: string): readonly Line[] {
  return groups(timeline).flatMap((group) => {
    if (group.length <= TOLD_ONE_BY_ONE) return group.map((entry) => storyLine(entry, zone));
    const told = group.slice(0, TOLD_ONE_BY_ONE - 1);
    const last = group.at(-1)!;
    const rest = { ...last, message: `and ${group.length - told.length} more (${last.reason})` };
    return [...told, rest].map((entry) => storyLine(entry, zone));
  });
}

function groups(timeline: readonly TimelineEntry[]): readonly (readonly TimelineEntry[])[] {
  const found: TimelineEntry[][] = [];
  for (const entry of timeline) {
    const current = found.at(-1);
    const first = current?.[0];
    if (first?.reason === entry.reason && first.at === entry.at) current?.push(entry);
    else found.push([entry]);
  }
  return found;
}

/** `12:40:07 wave business failed: …` */
function storyLine(entry: TimelineEntry, zone: string): Line {
  return [span(`${clockTime(entry.at, zone)} `, 'dim'), span(entry.message, styleOf(entry.reason))];
}

const GOOD: ReadonlySet<string> = new Set(['WavePassed', 'Completed', 'RolledBack']);
const CALM: ReadonlySet<string> = new Set(['Planned', 'WaveStarted', 'WaveBaking']);

function styleOf(reason: string): Style {
  if (GOOD.has(reason)) return 'good';
  return CALM.has(reason) || reason.endsWith('Over') ? 'plain' : 'bad';
}
