import type { Notice } from '../domain/notice.ts';
import type { ReleaseStatus, TimelineEntry } from '../domain/release-status.ts';
import { formatDuration, type Instant, later } from '../domain/time.ts';
import { HOLDS, OVER } from './bounded-waits.ts';
import { classify } from './notice-kinds.ts';
import { noticesOf, type ToldRelease, waveAt } from './notices.ts';

/** Time in which a wait that comes and goes is told of once each way, ms. */
export const QUIET_MS = 10 * 60_000;

/** A line of the story as a recipient hears of it. */
export interface HeardLine {
  readonly notice: Notice;
  /** Whether it says nothing now: the wait was told of a moment ago. */
  readonly isFolded: boolean;
}

/** What is to be said when the quiet time is over, if it is still so then. */
export interface LaterNotice {
  readonly notice: Notice;
  readonly dueAt: Instant;
}

/** The news of a story; what comes and goes is folded, and nothing that wants a person now ever is. */
export interface HeardStory {
  /** One for each line that was asked for. */
  readonly lines: readonly HeardLine[];
  readonly later: readonly LaterNotice[];
}

/**
 * What a recipient hears of a story, from the story alone: a new daemon comes to the same.
 *
 * The first line of a wait is told at once, and so is its end. Each is told again after {@link QUIET_MS} at the earliest: a line that came
 * before is folded, and the last one told then, unless its opposite was the last that was told. The next one says how often it came.
 */
export function hearStory(release: ToldRelease, entries: readonly TimelineEntry[]): HeardStory {
  const { timeline } = release.status;
  const wanted = new Set(entries);
  const waits = new Map<string, Flapping>();
  const lines: HeardLine[] = [];
  for (const entry of timeline) {
    const side = sideOf(entry, release.status);
    const told = side === null ? { isFolded: false, again: null } : hearWait(waits, entry, side, release.status);
    if (wanted.has(entry)) lines.push({ notice: noticeOf(release, entry, told.again), isFolded: told.isFolded });
  }
  const pending = [...waits.values()].flatMap((wait) => {
    const { late } = wait;
    if (late === null || !isSo(late, release.status)) return [];
    return [{ notice: noticeOf(release, late.entry, againOfLate(wait, late)), dueAt: late.dueAt }];
  });
  return { lines, later: pending };
}

type Side = 'held' | 'over';

/** How often a wait began without a word, in how long. */
interface Again {
  readonly times: number;
  readonly inMs: number;
}

interface Late {
  readonly entry: TimelineEntry;
  readonly side: Side;
  readonly dueAt: Instant;
}

/** One reason in one wave. */
interface Flapping {
  readonly toldAt: Partial<Record<Side, Instant>>;
  /** What its readers believe. */
  believed: Side;
  foldedTimes: number;
  foldedSince: Instant;
  late: Late | null;
}

/** `null`: told whenever it comes. */
function sideOf(entry: TimelineEntry, status: ReleaseStatus): Side | null {
  if (entry.message.startsWith(HOLDS)) return classify(entry, status).kind === 'held' ? 'held' : null;
  if (!entry.reason.endsWith(OVER)) return null;
  const began = { ...entry, reason: reasonOf(entry), message: HOLDS };
  return classify(began, status).kind === 'held' ? 'over' : null;
}

function hearWait(
  waits: Map<string, Flapping>,
  entry: TimelineEntry,
  side: Side,
  status: ReleaseStatus,
): { readonly isFolded: boolean; readonly again: Again | null } {
  const key = `${waveAt(status.waves, entry) ?? ''}/${reasonOf(entry)}`;
  const wait = waits.get(key) ?? { toldAt: {}, believed: 'over', foldedTimes: 0, foldedSince: entry.at, late: null };
  waits.set(key, wait);
  if (wait.late !== null && wait.late.dueAt <= entry.at) say(wait, wait.late.side, wait.late.dueAt);
  const toldAt = wait.toldAt[side];
  const dueAt = toldAt === undefined ? entry.at : later(toldAt, QUIET_MS);
  if (dueAt <= entry.at) {
    const again = againOf(wait, entry.at);
    say(wait, side, entry.at);
    return { isFolded: false, again };
  }
  if (wait.foldedTimes === 0) wait.foldedSince = entry.at;
  if (side === 'held') wait.foldedTimes += 1;
  wait.late = side === wait.believed ? null : { entry, side, dueAt };
  return { isFolded: true, again: null };
}

function say(wait: Flapping, side: Side, at: Instant): void {
  wait.toldAt[side] = at;
  wait.believed = side;
  wait.foldedTimes = 0;
  wait.late = null;
}

function againOf({ foldedTimes, foldedSince }: Flapping, at: Instant): Again | null {
  return foldedTimes === 0 ? null : { times: foldedTimes, inMs: at - foldedSince };
}

/** A late line began one of the times itself. */
function againOfLate(wait: Flapping, { side, dueAt }: Late): Again | null {
  return againOf({ ...wait, foldedTimes: wait.foldedTimes - (side === 'held' ? 1 : 0) }, dueAt);
}

/** Whether a line says what is so by now: a rollback or the end of a release ends waits without a line. */
function isSo({ entry, side }: Late, { waitingFor }: ReleaseStatus): boolean {
  return waitingFor.some(({ reason }) => reason === reasonOf(entry)) === (side === 'held');
}

function reasonOf({ reason, message }: TimelineEntry): string {
  return message.startsWith(HOLDS) || !reason.endsWith(OVER) ? reason : reason.slice(0, -OVER.length);
}

function noticeOf(release: ToldRelease, entry: TimelineEntry, again: Again | null): Notice {
  const notice = noticesOf(release, [entry])[0]!;
  if (again === null) return notice;
  const times = again.times === 1 ? 'once' : `${again.times} times`;
  return { ...notice, message: `${notice.message} (it came and went ${times} more in ${formatDuration(again.inMs)})` };
}
