import { FINAL_PHASES } from '../../domain/release-status.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredWebhook } from '../../ports/notifier.ts';
import type { StoredRelease } from '../../ports/release-store.ts';
import { deletionNotice, type ToldRelease } from '../../release/notices.ts';
import type { DaemonEvent } from '../daemon.ts';
import { createAudienceLookup } from './audience.ts';
import { eventsListener, type Listener, type ListenerWorld, NEWS_REACH_MS, webhookListener } from './listener.ts';
import type { NotificationsWorld } from './notifications.ts';

/** What is seen of the hub's releases. */
export type ReleasesSeen = Extract<DaemonEvent, { readonly type: 'releasesSeen' }>;

/** What lives for one term of leadership: recipients, and how far each story was looked at. */
export function createTerm(
  world: NotificationsWorld,
  signal: AbortSignal,
  track: (task: Promise<void>) => void,
): (seen: ReleasesSeen) => void {
  const { clock } = world;
  const audience = createAudienceLookup(world.loadPlan);
  const listeners = new Map<string, { readonly listener: Listener; readonly end: AbortController }>();
  const looked = new Map<string, StoredRelease>();
  const isKnown = (uid: string) => isNews(looked.get(uid), clock);
  const parts: ListenerWorld = { ...world, audience, isKnown };

  function start(id: string, listener: Listener): void {
    const end = new AbortController();
    listeners.set(id, { listener, end });
    for (const release of looked.values()) hear(listener, release);
    track(listener.run(AbortSignal.any([signal, end.signal])));
  }

  function takeWebhooks(stored: readonly StoredWebhook[]): void {
    const present = new Set(stored.map(({ uid }) => uid));
    for (const [id, { end }] of listeners) {
      if (id === EVENTS || present.has(id)) continue;
      end.abort();
      listeners.delete(id);
    }
    for (const one of stored) {
      const known = listeners.get(one.uid);
      if (known === undefined) start(one.uid, webhookListener(parts, one));
      else known.listener.change(one.webhook);
    }
  }

  function tellOfDeleted(present: ReadonlySet<string>): void {
    for (const [uid, release] of looked) {
      if (present.has(uid)) continue;
      looked.delete(uid);
      const told = toldRelease(release);
      if (told === null || FINAL_PHASES.has(told.status.phase)) continue;
      const notice = deletionNotice(told, clock.now());
      for (const { listener } of listeners.values()) listener.tell(notice);
    }
  }

  start(EVENTS, eventsListener(parts));
  track(
    (async () => {
      for await (const stored of world.webhooks.watch(signal)) takeWebhooks(stored);
    })(),
  );
  return ({ releases, tenantLabels }) => {
    audience.take(tenantLabels);
    tellOfDeleted(new Set(releases.map(({ uid }) => uid)));
    for (const release of releases) {
      if (looked.get(release.uid)?.resourceVersion === release.resourceVersion) continue;
      looked.set(release.uid, release);
      for (const { listener } of listeners.values()) hear(listener, release);
    }
  };
}

const EVENTS = 'events';

function hear(listener: Listener, release: StoredRelease): void {
  const told = toldRelease(release);
  if (told !== null) listener.hear(told);
}

function toldRelease({ spec, uid, status }: StoredRelease): ToldRelease | null {
  if (status === null) return null;
  return { name: spec.name, uid, workload: spec.workload, version: spec.version.name, status };
}

/** A release that ended long ago has no news any more, and nobody's place in it needs to be remembered. */
function isNews(release: StoredRelease | undefined, clock: Clock): boolean {
  if (release === undefined) return false;
  const finishedAt = release.status?.finishedAt ?? null;
  return finishedAt === null || finishedAt > clock.now() - NEWS_REACH_MS;
}
