import type { Instant } from './time.ts';

/** How much a notice wants of its reader: nothing, a look some time, to act, to act now. */
export type NoticeSeverity = 'detail' | 'info' | 'warning' | 'error';

/** Least first. */
export const NOTICE_SEVERITIES: readonly NoticeSeverity[] = ['detail', 'info', 'warning', 'error'];

/** What happened to a release. */
export type NoticeKind =
  | 'planned'
  | 'started'
  | 'wave-started'
  | 'wave-baking'
  | 'wave-passed'
  | 'waiting-for-approval'
  | 'held'
  | 'going-on'
  | 'warned'
  | 'target-failed'
  | 'rolling-back'
  | 'rollback-incomplete'
  | 'rolled-back'
  | 'stuck'
  | 'done'
  | 'refused'
  | 'superseded';

/** One piece of news about a release, told to people and to programs. */
export interface Notice {
  /** The same for the same news, whoever tells it and how often: receivers drop repeats by it. 16 hex digits. */
  readonly key: string;
  readonly kind: NoticeKind;
  readonly severity: NoticeSeverity;
  readonly at: Instant;
  readonly release: string;
  readonly releaseUid: string;
  readonly workload: string;
  /** Name of the version that is released. */
  readonly version: string;
  /** `null` until there is a plan. */
  readonly planHash: string | null;
  /** The wave that it is about; `null`: the whole release. */
  readonly wave: string | null;
  /** PascalCase constant, as in the release's timeline. */
  readonly reason: string;
  /** What happened, in half a sentence: `wave enterprise waits for an approval`. */
  readonly title: string;
  /** The timeline's own words, on one line. */
  readonly message: string;
  /** What to do now. */
  readonly next: string;
  /** The command line that does it or shows more. */
  readonly command: string;
}

/** Whether a severity is at least another. */
export function isAtLeast(severity: NoticeSeverity, least: NoticeSeverity): boolean {
  return NOTICE_SEVERITIES.indexOf(severity) >= NOTICE_SEVERITIES.indexOf(least);
}
