import { describe, expect, it } from 'vitest';
import { createEventNotifier } from '../../src/adapters/events/event-notifier.ts';
import { createHubStore } from '../../src/adapters/hub/hub-store.ts';
import { createWebhookStore } from '../../src/adapters/webhook/webhook-store.ts';
import { createNotifications } from '../../src/controller/notifications/notifications.ts';
import { isAtLeast, type Notice } from '../../src/domain/notice.ts';
import { instant } from '../../src/domain/time.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../src/ports/kubernetes-api.ts';
import { noticesOf } from '../../src/release/notices.ts';
import { seededSpec } from './seeded-spec.ts';
import { shippedUser } from './shipped-user.ts';
import { createSimulatedWorld, HUB, NAMESPACE, type SimulatedDaemon, type SimulatedWorld } from './simulated-world.ts';

const WEBHOOK = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'Webhook',
  metadata: { name: 'alerts', namespace: NAMESPACE },
  spec: { url: 'https://alerts.example.com/' },
};

/** When a daemon dies: before or after the receiver has got the n-th news, or with the n-th write of what was told. */
interface Death {
  readonly at: 'before' | 'after' | 'saving';
  readonly count: number;
}

/** A daemon that tells, as the real one is put together. Dies with its telling: what it awaits never returns. */
function startTelling(sim: SimulatedWorld, heard: Notice[], death: Death | null): { readonly isDead: () => boolean } {
  let isDead = false;
  let count = 0;
  const never = new Promise<never>(() => undefined);
  const started: { daemon: SimulatedDaemon | null } = { daemon: null };
  function die(): Promise<never> {
    isDead = true;
    started.daemon?.kill();
    return never;
  }
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) return never;
    const result = await work();
    return isDead ? never : result;
  };
  const clock = {
    now: () => sim.clock.now(),
    sleep: (ms: number, signal?: AbortSignal) => guarded(() => sim.clock.sleep(ms, signal)),
  };
  const hub = sim.world.api(HUB, { user: shippedUser('hub', NAMESPACE) });
  const api: KubernetesApi = {
    ...hub,
    list: (...args) => guarded(() => hub.list(...args)),
    get: (...args) => guarded(() => hub.get(...args)),
    create: (...args) => guarded(() => hub.create(...args)),
    mergePatch: (...args) => guarded(() => hub.mergePatch(...args)),
  };
  const random = () => 0.5;
  const refuse = (message: string): never => {
    throw new Error(message);
  };
  const webhooks = createWebhookStore({ api, namespace: NAMESPACE, clock, random, report: refuse });
  const store = createHubStore({ api, namespace: NAMESPACE, clock, random, report: refuse });
  const reaches = (at: Death['at']) => death?.at === at && count >= death.count;
  const notifications = createNotifications({
    clock,
    random,
    events: createEventNotifier(api, NAMESPACE),
    webhooks: {
      watch: (signal) => webhooks.watch(signal),
      save: (name, delivery) => (reaches('saving') ? die() : webhooks.save(name, delivery)),
    },
    openWebhook: () => ({
      async tell(notice) {
        count += 1;
        if (isDead || reaches('before')) return die();
        heard.push(notice);
        await clock.sleep(20);
        if (reaches('after')) return die();
      },
    }),
    loadPlan: (release, planHash) => store.loadPlan(release, planHash),
    report: ({ error }) => {
      if (error !== null) refuse(error.message);
    },
  });
  started.daemon = sim.startDaemon({ report: (event) => notifications.take(event) });
  return { isDead: () => isDead };
}

async function run(seed: number, death: Death | null) {
  const spec = seededSpec(seed);
  const isGood = spec.hurt.size === 0;
  const sim = await createSimulatedWorld({
    seed,
    files: spec.files,
    baseline: { name: '1', images: { app: spec.oldImage } },
    workload: 'app',
    wavePlan: 'plan',
    behaviour: { badRatio: () => (isGood ? 0.001 : 0.2), requestsPerSecond: () => 40, fault: () => 'none' },
  });
  await sim.hub.create(WEBHOOK, kinds.webhook, { fieldManager: FIELD_MANAGER });
  const heard: Notice[] = [];
  const first = startTelling(sim, heard, death);
  await sim.createRelease(spec.release);
  const name = spec.release.metadata.name;
  const isOver = () => ['Completed', 'RolledBack'].includes(sim.status(name)?.phase ?? '');
  const limit = () => instant(sim.clock.now() + 1_800_000);
  await sim.clock.runUntil(() => first.isDead() || isOver(), limit());
  await sim.clock.advance(10_000);
  if (first.isDead()) startTelling(sim, heard, null);
  await sim.clock.runUntil(isOver, limit());
  await sim.clock.advance(60_000);
  const object = sim.world.store(HUB).get({ kind: kinds.release, namespace: NAMESPACE, name })!;
  const status = sim.status(name)!;
  const told = { name, uid: object.metadata.uid!, workload: 'app', version: '2', status };
  const story = noticesOf(told, status.timeline);
  const events = (await sim.hub.list(kinds.event, { namespace: NAMESPACE })).items;
  return { heard, story, events, isDead: first.isDead(), phase: status.phase };
}

const deaths: readonly Death[] = [0, 1, 2, 3].flatMap((count) =>
  (['before', 'after', 'saving'] as const).map((at) => ({ at, count: count + 1 })),
);

describe('of a release', () => {
  it.each([1, 2, 3, 4, 5, 6])('seed %i, every piece of news is told once', async (seed) => {
    const { heard, story, events, phase } = await run(seed, null);
    const wanted = story.filter(({ severity }) => isAtLeast(severity, 'info'));
    expect(heard.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
    expect(heard.at(-1)?.kind).toBe(phase === 'Completed' ? 'done' : 'rolled-back');
    expect(events.map(({ metadata }) => metadata.name).sort()).toEqual(
      story.map(({ release, key }) => `${release}.${key}`).sort(),
    );
  });

  it.each(deaths)(
    'a daemon dies $at news number $count: none is lost, and no more than was not written down yet is told twice',
    async (death) => {
      const { heard, story, events, isDead } = await run(4, death);
      expect(isDead).toBe(true);
      const wanted = story.filter(({ severity }) => isAtLeast(severity, 'info')).map(({ key }) => key);
      const keys = heard.map(({ key }) => key);
      expect([...new Set(keys)]).toEqual(wanted);
      expect(keys.length - wanted.length).toBeLessThanOrEqual(death.at === 'saving' ? 2 : 1);
      expect(new Set(events.map(({ metadata }) => metadata.name)).size).toBe(story.length);
    },
  );
});
