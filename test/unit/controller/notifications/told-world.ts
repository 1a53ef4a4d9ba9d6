import { createNotifications, type Notifications } from '../../../../src/controller/notifications/notifications.ts';
import type { NotificationEvent } from '../../../../src/controller/notifications/recipient.ts';
import type { Notice } from '../../../../src/domain/notice.ts';
import type { Plan } from '../../../../src/domain/plan.ts';
import type { ReleasePhase, TimelineEntry } from '../../../../src/domain/release-status.ts';
import { type Instant, later } from '../../../../src/domain/time.ts';
import type { Webhook } from '../../../../src/domain/webhook.ts';
import type { Delivery, StoredWebhook } from '../../../../src/ports/notifier.ts';
import type { StoredRelease } from '../../../../src/ports/release-store.ts';
import { createVirtualClock, type VirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { toldRelease } from '../../release/told-release.ts';

/** A hub with Webhooks, on virtual time, in which one daemon after the other tells. */
export interface ToldWorld {
  readonly clock: VirtualClock;
  /** What each recipient was told, `events` among them: reasons, in order. */
  readonly heard: Map<string, string[]>;
  readonly keys: Map<string, string[]>;
  readonly reported: NotificationEvent[];
  /** What the Webhooks' objects remember. */
  readonly stored: Map<string, StoredWebhook>;
  readonly saves: Delivery[];
  /** Called before each delivery; what it throws is what the receiver does. */
  onTell: (recipient: string, notice: Notice) => void;
  onSave: (name: string) => void;
  loadPlan: () => Promise<Plan>;
  addWebhook(name: string, more?: Partial<Webhook>): void;
  removeWebhook(name: string): void;
  /** A daemon that leads; a second one starts where the first was killed. */
  lead(): Notifications;
  /** Lets virtual time go by. */
  pass(ms: number): Promise<void>;
  entry(reason: string, message?: string): TimelineEntry;
}

/** Makes the world. */
export function createToldWorld(): ToldWorld {
  const clock = createVirtualClock();
  const heard = new Map<string, string[]>();
  const keys = new Map<string, string[]>();
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const wake of watchers) wake();
  };
  const listen = (recipient: string) => ({
    async tell(notice: Notice) {
      world.onTell(recipient, notice);
      heard.set(recipient, [...(heard.get(recipient) ?? []), notice.reason]);
      keys.set(recipient, [...(keys.get(recipient) ?? []), notice.key]);
    },
  });
  const world: ToldWorld = {
    clock,
    heard,
    keys,
    reported: [],
    stored: new Map(),
    saves: [],
    onTell: () => undefined,
    onSave: () => undefined,
    loadPlan: () => Promise.reject(new Error('no plan')),
    addWebhook(name, more = {}) {
      const webhook: Webhook = {
        name,
        address: { kind: 'url', url: 'https://alerts.example.com/' },
        format: 'json',
        signing: null,
        severity: 'info',
        scope: { releases: null, workloads: null, waves: null, tiers: null, labels: null },
        allowPrivate: false,
        ...more,
      };
      const before = world.stored.get(name);
      const delivery = before?.delivery ?? { told: [], deliveredAt: null, failure: null };
      world.stored.set(name, { webhook, uid: name, createdAt: before?.createdAt ?? clock.now(), delivery });
      changed();
    },
    removeWebhook(name) {
      world.stored.delete(name);
      changed();
    },
    lead() {
      const notifications = createNotifications({
        clock,
        random: () => 1,
        events: listen('events'),
        webhooks: {
          async *watch(signal) {
            let next = Promise.withResolvers<void>();
            const wake = () => next.resolve();
            watchers.add(wake);
            signal.addEventListener('abort', wake);
            while (!signal.aborted) {
              yield [...world.stored.values()];
              await next.promise;
              next = Promise.withResolvers<void>();
            }
            watchers.delete(wake);
          },
          async save(name, delivery) {
            world.onSave(name);
            world.saves.push(delivery);
            world.stored.set(name, { ...world.stored.get(name)!, delivery });
            changed();
          },
        },
        openWebhook: ({ name }) => listen(name),
        loadPlan: () => world.loadPlan(),
        report: (event) => world.reported.push(event),
      });
      notifications.take({ type: 'leading', epoch: 1 });
      return notifications;
    },
    pass: (ms) => clock.runUntil(() => false, later(clock.now(), ms)).then(() => undefined),
    entry: (reason, message = reason) => ({ at: clock.now(), reason, message }),
  };
  return world;
}

let version = 0;

/** What the daemon sees of one release with this story. */
export function seenRelease(
  timeline: readonly TimelineEntry[],
  {
    phase = 'Running',
    finishedAt = null,
    waitsFor = [],
  }: {
    readonly phase?: ReleasePhase;
    readonly finishedAt?: Instant | null;
    readonly waitsFor?: readonly string[];
  } = {},
) {
  const waitingFor = waitsFor.map((reason) => ({ reason, message: reason }));
  const { name, uid, workload, version: named, status } = toldRelease(timeline, { phase, finishedAt, waitingFor });
  const spec = { name, workload, wavePlan: 'tiers', version: { name: named, images: {} }, scope: null };
  version += 1;
  const release: StoredRelease = {
    spec,
    uid,
    resourceVersion: String(version),
    createdAt: timeline[0]?.at ?? (0 as Instant),
    status,
    expectedPlan: null,
  };
  return { type: 'releasesSeen', releases: [release], tenantLabels: new Map() } as const;
}
