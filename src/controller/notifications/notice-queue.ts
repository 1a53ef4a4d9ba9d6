import { NOTICE_SEVERITIES, type Notice } from '../../domain/notice.ts';

/** A piece of news that waits for a recipient. */
export interface QueuedNotice {
  readonly notice: Notice;
  /** Unwanted news only move the recipient's place in the story. */
  readonly isWanted: boolean;
  /** Whether the recipient stands there in the story once it is done with. */
  readonly movesPlace: boolean;
}

/** First in, first out, and never longer than its limit. */
export interface NoticeQueue {
  /** What had to go to make room; `null` when there was some. */
  put(one: QueuedNotice): QueuedNotice | null;
  first(): QueuedNotice | null;
  /** Takes out what `first` gave, if it is still there. */
  done(one: QueuedNotice): void;
}

/** News that one recipient may be behind. */
export const QUEUE_LIMIT = 256;

/** Makes a queue; past the limit the oldest of what matters least goes. */
export function createNoticeQueue(limit = QUEUE_LIMIT): NoticeQueue {
  const items: QueuedNotice[] = [];
  const take = (index: number) => items.splice(index, 1)[0] ?? null;
  return {
    put(one) {
      items.push(one);
      if (items.length <= limit) return null;
      const least = Math.min(...items.map(weightOf));
      return take(items.findIndex((item) => weightOf(item) === least));
    },
    first: () => items[0] ?? null,
    done(one) {
      const index = items.indexOf(one);
      if (index !== -1) take(index);
    },
  };
}

function weightOf({ notice, isWanted }: QueuedNotice): number {
  return isWanted ? 1 + NOTICE_SEVERITIES.indexOf(notice.severity) : 0;
}
