import { ConflictError, isAdapterError } from '../../domain/errors.ts';
import type { Notice } from '../../domain/notice.ts';
import { type Instant, later } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Notifier } from '../../ports/notifier.ts';
import { createWakeup } from '../wakeup.ts';
import { createNoticeQueue, type QueuedNotice } from './notice-queue.ts';
import { tellWithRetries } from './telling.ts';

/** What became of a piece of news, for logs and metrics. */
export interface NotificationEvent {
  readonly type: 'told' | 'retrying' | 'failed' | 'dropped' | 'notRemembered';
  /** `events`, or the name of the webhook as `webhook/NAME`. */
  readonly recipient: string;
  /** `null` for what is about no single one. */
  readonly notice: Notice | null;
  readonly error: Error | null;
}

/** One who is told, and how it is remembered. */
export interface RecipientParts {
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: NotificationEvent) => void;
  /** As of now: a Webhook may have been changed. */
  readonly notifier: () => Notifier;
  /** Whether it is still wanted; asked right before it is told. @throws TransientError */
  readonly isWanted: (notice: Notice) => Promise<boolean>;
  readonly delivery: Delivery;
  /** Whether the release of a uid is still there to be remembered. */
  readonly isKnown: (releaseUid: string) => boolean;
  /** `null`: it needs no memory. */
  readonly save: ((delivery: Delivery) => Promise<void>) | null;
}

/** One who is told, in order, with patience. */
export interface Recipient {
  /** The next line of a story. */
  offer(notice: Notice, isWanted: boolean): void;
  /** A line of a story that came earlier, and is told now. */
  remind(notice: Notice, isWanted: boolean): void;
  run(signal: AbortSignal): Promise<void>;
}

/** While news keep coming, what was told is written so often. */
const SAVE_EVERY_MS = 5_000;
/** After a failed write. */
const SAVE_AGAIN_MS = 15_000;

/** Makes a recipient; nothing is told before it runs. */
export function createRecipient(parts: RecipientParts): Recipient {
  const { clock, random } = parts;
  const queue = createNoticeQueue();
  const wakeup = createWakeup(clock);
  const told = new Map(parts.delivery.told.map(({ release, key }) => [release, key]));
  let { deliveredAt, failure } = parts.delivery;
  /** When to write what was told; `null`: it is written. */
  let saveAt: Instant | null = null;
  const report = (type: NotificationEvent['type'], notice: Notice | null, error: Error | null = null) =>
    parts.report({ type, recipient: parts.name, notice, error });

  async function deliver(notice: Notice, signal: AbortSignal): Promise<boolean> {
    const onRetry = async (error: Error) => {
      report('retrying', notice, error);
      // a wait may be long: what went before it is written first
      if (saveAt !== null) await remember();
    };
    let isSkipped = false;
    const asked: Notifier = {
      tell: async (one, until) => {
        isSkipped = !(await parts.isWanted(one));
        if (!isSkipped) await parts.notifier().tell(one, until);
      },
    };
    const telling = await tellWithRetries(asked, notice, { clock, random, onRetry }, signal);
    if (telling.kind === 'interrupted') return false;
    if (isSkipped) return true;
    report(telling.kind, notice, telling.kind === 'failed' ? telling.error : null);
    if (telling.kind === 'told') deliveredAt = clock.now();
    failure = telling.kind === 'failed' ? telling.error.message : null;
    saveAt ??= later(clock.now(), SAVE_EVERY_MS);
    return true;
  }

  /** What is not written is told again by the next daemon, and nothing worse. */
  async function remember(): Promise<void> {
    saveAt = null;
    if (parts.save === null) return;
    for (const uid of told.keys()) if (!parts.isKnown(uid)) told.delete(uid);
    try {
      await parts.save({ told: [...told].map(([release, key]) => ({ release, key })), deliveredAt, failure });
    } catch (error) {
      if (!isAdapterError(error)) throw error;
      report('notRemembered', null, error);
      // a Webhook that is gone needs no memory
      if (!(error instanceof ConflictError)) saveAt = later(clock.now(), SAVE_AGAIN_MS);
    }
  }

  /** Whether there was something to do. */
  async function step(signal: AbortSignal): Promise<boolean> {
    const one = queue.first();
    if (one === null) return false;
    if (one.isWanted && !(await deliver(one.notice, signal))) return false;
    if (one.movesPlace) told.set(one.notice.releaseUid, one.notice.key);
    queue.done(one);
    return true;
  }

  function put(one: QueuedNotice): void {
    const dropped = queue.put(one);
    if (dropped?.isWanted === true) report('dropped', dropped.notice);
    wakeup.wake();
  }

  return {
    offer: (notice, isWanted) => put({ notice, isWanted, movesPlace: true }),
    remind: (notice, isWanted) => put({ notice, isWanted, movesPlace: false }),
    async run(signal) {
      let isRetry = false;
      while (!signal.aborted) {
        const isBusy = await step(signal);
        if (signal.aborted) break;
        const isDue = saveAt !== null && (saveAt <= clock.now() || (!isBusy && !isRetry));
        if (isDue) {
          await remember();
          isRetry = saveAt !== null;
        }
        if (!isBusy) await wakeup.wait(saveAt, signal);
      }
      if (saveAt !== null) await remember();
    },
  };
}
