import type { Notice } from '../domain/notice.ts';
import type { Instant } from '../domain/time.ts';
import type { Webhook } from '../domain/webhook.ts';

/** One who is told news. */
export interface Notifier {
  /**
   * Tells one piece of news; telling it twice is harmless.
   *
   * @throws TransientError when it may work later.
   * @throws TerminalError when it cannot work as it is.
   */
  tell(notice: Notice, signal: AbortSignal): Promise<void>;
}

/** Up to where the news of a release were told. */
export interface ToldUpTo {
  /** uid of the Release. */
  readonly release: string;
  /** Key of the last line of its story that is done with. */
  readonly key: string;
}

/** What a webhook's object remembers, so that a restart neither repeats nor forgets. */
export interface Delivery {
  readonly told: readonly ToldUpTo[];
  readonly deliveredAt: Instant | null;
  /** Why the last one was not delivered; `null` when it was. */
  readonly failure: string | null;
}

/** A Webhook object as the hub has it. */
export interface StoredWebhook {
  readonly webhook: Webhook;
  readonly uid: string;
  /** News from before it are not for it. */
  readonly createdAt: Instant;
  readonly delivery: Delivery;
}

/** The webhooks of the hub. */
export interface WebhookStore {
  /** All of them, on every change. Ends with the signal. */
  watch(signal: AbortSignal): AsyncIterable<readonly StoredWebhook[]>;
  /** @throws ConflictError when it is gone; TransientError, TerminalError as the API says. */
  save(name: string, delivery: Delivery): Promise<void>;
}
