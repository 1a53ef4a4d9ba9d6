import type { TimelineEntry } from '../../domain/release-status.ts';
import type { Instant } from '../../domain/time.ts';
import { noticeKey } from '../../release/notices.ts';

/** Where a recipient stands in the story of a release. */
export type Place =
  /** Up to here it was handed over in this process; `null`: a story without a line. */
  | { readonly kind: 'line'; readonly entry: TimelineEntry | null }
  /** Up to the line of this key it was told by an earlier one; `null`: of nothing. News before `sinceAt` are not for it. */
  | { readonly kind: 'key'; readonly key: string | null; readonly sinceAt: Instant };

/** The lines of a story that a recipient has not heard. Lines that were dropped from it are lost; the rest is all new then. */
export function unheard(
  timeline: readonly TimelineEntry[],
  releaseUid: string,
  place: Place,
): readonly TimelineEntry[] {
  if (place.kind === 'line') {
    const { entry } = place;
    if (entry === null) return timeline;
    return timeline.slice(timeline.findLastIndex((one) => isSame(one, entry)) + 1);
  }
  const { key, sinceAt } = place;
  const known = key === null ? -1 : timeline.findLastIndex((one) => noticeKey(releaseUid, one) === key);
  return timeline.slice(known + 1).filter(({ at }) => at >= sinceAt);
}

function isSame(a: TimelineEntry, b: TimelineEntry): boolean {
  return a.at === b.at && a.reason === b.reason && a.message === b.message;
}
