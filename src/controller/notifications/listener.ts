import type { Notice } from '../../domain/notice.ts';
import { type Instant, instant, later } from '../../domain/time.ts';
import type { Webhook } from '../../domain/webhook.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Notifier, StoredWebhook, WebhookStore } from '../../ports/notifier.ts';
import { hearStory } from '../../release/notice-flapping.ts';
import { isWanted } from '../../release/notice-scope.ts';
import type { ToldRelease } from '../../release/notices.ts';
import type { AudienceLookup } from './audience.ts';
import { createRecipient, type NotificationEvent, type Recipient } from './recipient.ts';
import { createReminders } from './reminders.ts';
import { type Place, unheard } from './unheard.ts';

/** A recipient that stands somewhere in every story. */
export interface Listener {
  /** Hands over what is new in the story. */
  hear(release: ToldRelease): void;
  tell(notice: Notice): void;
  /** The Webhook was changed; nothing for the events. */
  change(webhook: Webhook): void;
  run(signal: AbortSignal): Promise<void>;
}

/** What listeners share. */
export interface ListenerWorld {
  readonly clock: Clock;
  /** 0 ≤ x < 1, spreads retries. */
  readonly random: () => number;
  readonly events: Notifier;
  readonly webhooks: WebhookStore;
  readonly openWebhook: (webhook: Webhook) => Notifier;
  readonly audience: AudienceLookup;
  /** Whether the news of a release may still be told one day. */
  readonly isKnown: (releaseUid: string) => boolean;
  readonly report: (event: NotificationEvent) => void;
}

/** An API server keeps events for an hour: what is older than this may have been told and forgotten. */
const EVENTS_REACH_MS = 45 * 60_000;
/** Older news are none. */
export const NEWS_REACH_MS = 7 * 24 * 3_600_000;
const NOTHING_YET: Delivery = { told: [], deliveredAt: null, failure: null };

/** Kubernetes events: all news, and no memory but the events themselves. */
export function eventsListener(world: ListenerWorld): Listener {
  const sinceAt = later(world.clock.now(), -EVENTS_REACH_MS);
  const recipient = createRecipient({
    ...world,
    name: 'events',
    notifier: () => world.events,
    isWanted: () => Promise.resolve(true),
    delivery: NOTHING_YET,
    save: null,
  });
  const firstPlace = () => ({ kind: 'key', key: null, sinceAt }) as const;
  return listener(
    world,
    recipient,
    firstPlace,
    () => true,
    () => undefined,
  );
}

/** One Webhook: what it wants, from where the last daemon left off. */
export function webhookListener(world: ListenerWorld, stored: StoredWebhook): Listener {
  const { audience, clock } = world;
  const { name } = stored.webhook;
  const known = new Map(stored.delivery.told.map(({ release, key }) => [release, key]));
  let { webhook } = stored;
  let notifier = world.openWebhook(webhook);
  const recipient = createRecipient({
    ...world,
    name: `webhook/${name}`,
    notifier: () => notifier,
    isWanted: (notice) => audience.isWanted(notice, webhook),
    delivery: stored.delivery,
    save: (delivery) => world.webhooks.save(name, delivery),
  });
  const sinceAt = () => reachOf(stored.createdAt, clock.now());
  return listener(
    world,
    recipient,
    (uid) => ({ kind: 'key', key: known.get(uid) ?? null, sinceAt: sinceAt() }),
    (notice) => isWanted(notice, webhook, { plan: null, tenantLabels: new Map() }),
    (next) => {
      if (JSON.stringify(next) === JSON.stringify(webhook)) return;
      webhook = next;
      notifier = world.openWebhook(next);
    },
  );
}

function listener(
  { clock, isKnown }: ListenerWorld,
  recipient: Recipient,
  firstPlace: (releaseUid: string) => Extract<Place, { readonly kind: 'key' }>,
  isWantedAtFirst: (notice: Notice) => boolean,
  change: (webhook: Webhook) => void,
): Listener {
  const places = new Map<string, Place>();
  const sinceAt = new Map<string, Instant>();
  const tell = (notice: Notice) => recipient.offer(notice, isWantedAtFirst(notice));
  const remind = (notice: Notice) => recipient.remind(notice, isWantedAtFirst(notice));
  const reminders = createReminders({ clock, isKnown, tell: remind });
  return {
    hear(release) {
      const { uid, status } = release;
      const first = firstPlace(uid);
      if (!sinceAt.has(uid)) sinceAt.set(uid, first.sinceAt);
      const entries = unheard(status.timeline, uid, places.get(uid) ?? first);
      places.set(uid, { kind: 'line', entry: status.timeline.at(-1) ?? null });
      const { lines, later } = hearStory(release, entries);
      for (const { notice, isFolded } of lines) {
        if (isFolded) recipient.offer(notice, false);
        else tell(notice);
      }
      reminders.set(
        uid,
        later.filter(({ notice }) => notice.at >= (sinceAt.get(uid) ?? notice.at)),
      );
    },
    tell,
    change,
    async run(signal) {
      await Promise.all([recipient.run(signal), reminders.run(signal)]);
    },
  };
}

/** News from before a Webhook was made are not for it, and old ones for nobody. */
function reachOf(createdAt: Instant, now: Instant): Instant {
  return instant(Math.max(createdAt, now - NEWS_REACH_MS));
}
