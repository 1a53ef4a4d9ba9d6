import type { Notice } from '../domain/notice.ts';
import type { ReleaseStatus, TimelineEntry, WaveStatus } from '../domain/release-status.ts';
import type { Instant } from '../domain/time.ts';
import { digestOf } from '../planning/hash.ts';
import { HOLDS } from './bounded-waits.ts';
import { type Classified, classify } from './notice-kinds.ts';
import { textsOf } from './notice-texts.ts';

/** A release as far as news about it need it. */
export interface ToldRelease {
  readonly name: string;
  readonly uid: string;
  readonly workload: string;
  readonly version: string;
  readonly status: ReleaseStatus;
}

/** Longest message of a notice, characters. */
const MESSAGE_LENGTH = 600;
const KEY_DIGITS = 16;

/** Names a line of a release's story, whoever reads it: its place in the timeline moves when old lines are dropped. */
export function noticeKey(releaseUid: string, { at, reason, message }: TimelineEntry): string {
  return digestOf(`${releaseUid}\n${at}\n${reason}\n${message}`).slice(0, KEY_DIGITS);
}

/** The news in the lines of a story, in their order. */
export function noticesOf(release: ToldRelease, entries: readonly TimelineEntry[]): readonly Notice[] {
  return entries.map((entry) => noticeOf(release, entry, classify(entry, release.status)));
}

/** The news of an unfinished release that somebody deleted. */
export function deletionNotice(release: ToldRelease, now: Instant): Notice {
  const message = `release ${release.name} was deleted, or cannot be read any more, while it was ${release.status.phase}`;
  const entry = { at: now, reason: 'Superseded', message };
  // deleted once, whenever it is noticed
  const key = noticeKey(release.uid, { ...entry, at: 0 as Instant });
  return { ...noticeOf(release, entry, { kind: 'superseded', severity: 'warning' }), key };
}

function noticeOf(release: ToldRelease, entry: TimelineEntry, { kind, severity }: Classified): Notice {
  const { name, uid, workload, version, status } = release;
  const subject = {
    kind,
    severity,
    at: entry.at,
    release: name,
    releaseUid: uid,
    workload,
    version,
    planHash: status.planHash,
    wave: OF_THE_RELEASE.has(kind) ? null : waveAt(status.waves, entry),
    reason: entry.reason,
    message: oneLine(entry.message.startsWith(HOLDS) ? entry.message.slice(HOLDS.length) : entry.message),
  };
  return { key: noticeKey(uid, entry), ...subject, ...textsOf(subject) };
}

/** News about a release as a whole. */
const OF_THE_RELEASE: ReadonlySet<string> = new Set([
  'planned',
  'warned',
  'rolling-back',
  'rollback-incomplete',
  'rolled-back',
  'done',
  'refused',
  'superseded',
]);

/** The wave that was under way, or next, at the time; `null` when all had passed. */
export function waveAt(waves: readonly WaveStatus[], { at, reason }: TimelineEntry): string | null {
  const isOpen = ({ passedAt }: WaveStatus) =>
    passedAt === null || (reason === 'WavePassed' ? passedAt >= at : passedAt > at);
  return waves.find(isOpen)?.name ?? null;
}

/** Freezes and errors carry words of others: no line of theirs may pass for one of ours. */
function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return flat.length > MESSAGE_LENGTH ? `${flat.slice(0, MESSAGE_LENGTH).toWellFormed()}…` : flat;
}
