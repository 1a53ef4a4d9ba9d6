import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEventNotifier } from '../../../src/adapters/events/event-notifier.ts';
import { createWebhookStore } from '../../../src/adapters/webhook/webhook-store.ts';
import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import { ConflictError, TerminalError } from '../../../src/domain/errors.ts';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { StoredWebhook, WebhookStore } from '../../../src/ports/notifier.ts';
import { noticesOf } from '../../../src/release/notices.ts';
import { line, minute, toldRelease } from '../../unit/release/told-release.ts';
import type { HubWorld } from '../release-store/world.ts';

const quiet = new AbortController().signal;
const write = { fieldManager: FIELD_MANAGER };
const story = [line(10, 'WavePassed', 'wave free passed'), line(25, 'RollbackDecided', 'wave business failed: 98.2 %')];
const [passed, back] = noticesOf(toldRelease(story), story);

/** Holds events and Webhooks over an API server against what telling relies on. */
export function describeNotifier(name: string, makeWorld: () => Promise<HubWorld>): void {
  describe(name, () => {
    let world: HubWorld;
    const namespace = `told-${randomUUID().slice(0, 8)}`;
    const reports: string[] = [];
    let store: WebhookStore;

    beforeAll(async () => {
      world = await makeWorld();
      const definitions = installedObjects('unused').filter(({ kind }) => kind === 'CustomResourceDefinition');
      await install(world.api, world.clock, definitions);
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await world.api.create(object, kinds.namespace, write);
      const report = (message: string) => void reports.push(message);
      store = createWebhookStore({ api: world.api, namespace, clock: world.clock, random: () => 0, report });
    });
    afterAll(() => world.stop());

    const webhook = (named: string, spec: object) => ({
      apiVersion: 'tidegate.dev/v1alpha1',
      kind: 'Webhook',
      metadata: { name: named, namespace },
      spec,
    });

    /** The first state that is as wanted. */
    async function seen(isWanted: (all: readonly StoredWebhook[]) => boolean): Promise<readonly StoredWebhook[]> {
      const limit = new AbortController();
      for await (const all of store.watch(AbortSignal.any([limit.signal, AbortSignal.timeout(60_000)]))) {
        if (!isWanted(all)) continue;
        limit.abort();
        return all;
      }
      throw new Error('the webhooks were not seen as wanted within a minute');
    }

    test('news are events on the Release, and repeats are none', async () => {
      const events = createEventNotifier(world.api, namespace);
      for (const notice of [passed!, back!, back!]) await events.tell(notice, quiet);
      const { items } = await world.api.list(kinds.event, { namespace });
      expect(items).toHaveLength(2);
      const event = items.find(({ metadata }) => metadata.name === `storefront-4.12.0.${back!.key}`);
      expect(event).toMatchObject({
        involvedObject: { kind: 'Release', name: 'storefront-4.12.0', uid: 'a-uid', namespace },
        type: 'Warning',
        reason: 'RollbackDecided',
        message: expect.stringMatching(
          /^is rolled back: wave business failed: 98\.2 % \(.*: tidegate release watch storefront-4\.12\.0\)$/,
        ),
        firstTimestamp: '2026-11-22T10:25:00Z',
        count: 1,
      });
      expect(items.map(({ type }) => String(type)).sort()).toEqual(['Normal', 'Warning']);
    });

    test('a Webhook is read with its defaults, and what it remembers', async () => {
      await world.api.create(webhook('alerts', { url: 'https://alerts.example.com/tidegate' }), kinds.webhook, write);
      const [made] = await seen((all) => all.length === 1);
      expect(made).toMatchObject({
        webhook: { name: 'alerts', format: 'json', severity: 'info', allowPrivate: false, signing: null },
        delivery: { told: [], deliveredAt: null, failure: null },
      });
      const told = [{ release: 'a-uid', key: passed!.key }];
      await store.save('alerts', { told, deliveredAt: minute(25), failure: 'it answered 500' });
      const [failed] = await seen(([one]) => one?.delivery.failure != null);
      expect(failed?.delivery).toEqual({ told, deliveredAt: minute(25), failure: 'it answered 500' });
      await store.save('alerts', { told: [], deliveredAt: minute(26), failure: null });
      const [well] = await seen(([one]) => one?.delivery.failure === null);
      expect(well?.delivery).toEqual({ told: [], deliveredAt: minute(26), failure: null });
      expect(reports).toEqual([]);
    });

    test('what is remembered of a Webhook that is gone is a conflict', async () => {
      const save = store.save('never-made', { told: [], deliveredAt: null, failure: null });
      await expect(save).rejects.toBeInstanceOf(ConflictError);
    });

    test.each([
      ['without an address', {}],
      ['with two addresses', { url: 'https://a.example/', urlFrom: { secretRef: { name: 'chat' } } }],
      ['with credentials in its address', { url: 'https://ada:hush@a.example/' }],
      ['with another protocol', { url: 'file:///etc/passwd' }],
      ['with a Secret of another namespace', { urlFrom: { secretRef: { name: 'chat', namespace: 'kube-system' } } }],
      ['with a format that is none', { url: 'https://a.example/', format: 'xml' }],
      ['with a field that is none', { url: 'https://a.example/', retries: 100 }],
    ])('a Webhook %s is refused', async (_, spec) => {
      const made = world.api.create(webhook('wrong', spec), kinds.webhook, write);
      await expect(made).rejects.toBeInstanceOf(TerminalError);
    });
  });
}
