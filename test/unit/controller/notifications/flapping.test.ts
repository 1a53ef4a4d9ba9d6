import { beforeEach, describe, expect, it } from 'vitest';
import type { Notifications } from '../../../../src/controller/notifications/notifications.ts';
import type { TimelineEntry } from '../../../../src/domain/release-status.ts';
import { createToldWorld, seenRelease, type ToldWorld } from './told-world.ts';

const MINUTE_MS = 60_000;

let world: ToldWorld;
let story: TimelineEntry[];

beforeEach(() => {
  world = createToldWorld();
  world.addWebhook('alerts');
  story = [];
});

const heardBy = (name: string) => world.heard.get(name) ?? [];

/** The story goes on with a line, and with what is waited for since. */
async function tell(daemon: Notifications, reason: string, waitsFor: readonly string[], ms = MINUTE_MS): Promise<void> {
  story.push(world.entry(reason, waitsFor.includes(reason) ? `holds: ${reason}` : reason));
  daemon.take(seenRelease(story, { waitsFor }));
  await world.pass(ms);
}

/** Held for a minute, on its way for a minute, so many times. */
async function flap(daemon: Notifications, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await tell(daemon, 'DataMissing', ['DataMissing']);
    await tell(daemon, 'DataMissingOver', []);
  }
}

describe('a hold that comes and goes every minute', () => {
  it('is told of once in ten minutes, to webhooks and as events', async () => {
    const daemon = world.lead();
    await flap(daemon, 30);
    expect(heardBy('alerts')).toEqual(Array.from({ length: 6 }, () => ['DataMissing', 'DataMissingOver']).flat());
    expect(heardBy('events')).toEqual(heardBy('alerts'));
    await daemon.end();
  });

  it('and then stays is told of when the quiet time is over, once', async () => {
    const daemon = world.lead();
    await flap(daemon, 2);
    await tell(daemon, 'DataMissing', ['DataMissing'], 5 * MINUTE_MS);
    expect(heardBy('alerts')).toEqual(['DataMissing', 'DataMissingOver']);
    await world.pass(2 * MINUTE_MS);
    expect(heardBy('alerts')).toEqual(['DataMissing', 'DataMissingOver', 'DataMissing']);
    daemon.take(seenRelease(story, { waitsFor: ['DataMissing'] }));
    await world.pass(60 * MINUTE_MS);
    expect(heardBy('alerts')).toHaveLength(3);
    await daemon.end();
  });

  it('hides nothing that is worse: it is told at once, in between', async () => {
    const daemon = world.lead();
    await flap(daemon, 2);
    await tell(daemon, 'CommandStuck', ['CommandStuck'], 1_000);
    await tell(daemon, 'CommandStuckOver', [], 1_000);
    await tell(daemon, 'CommandStuck', ['CommandStuck'], 1_000);
    await tell(daemon, 'RollbackDecided', [], 1_000);
    const [, , ...rest] = heardBy('alerts');
    expect(rest).toEqual(['CommandStuck', 'CommandStuckOver', 'CommandStuck', 'RollbackDecided']);
    await daemon.end();
  });

  it('is not told of late when a rollback has ended it, nor when its release is gone', async () => {
    const daemon = world.lead();
    await flap(daemon, 1);
    await tell(daemon, 'DataMissing', ['DataMissing']);
    await tell(daemon, 'RollbackDecided', []);
    await world.pass(30 * MINUTE_MS);
    expect(heardBy('alerts')).toEqual(['DataMissing', 'DataMissingOver', 'RollbackDecided']);
    await flap(daemon, 1);
    await tell(daemon, 'DataMissing', ['DataMissing']);
    daemon.take({ type: 'releasesSeen', releases: [], tenantLabels: new Map() });
    await world.pass(30 * MINUTE_MS);
    expect(heardBy('alerts').slice(3)).toEqual(['DataMissing', 'DataMissingOver', 'Superseded']);
    await daemon.end();
  });
});

describe('a daemon that takes over from one that was killed', () => {
  it.each([
    ['before the quiet time was over tells it then', 3, ['DataMissing']],
    ['after it was told may tell it again, under the same key', 12, ['DataMissing', 'DataMissing']],
  ])('%s', async (_, killedAfterMinutes, late) => {
    const first = world.lead();
    await flap(first, 2);
    await tell(first, 'DataMissing', ['DataMissing'], killedAfterMinutes * MINUTE_MS);
    await first.end();
    const second = world.lead();
    second.take(seenRelease(story, { waitsFor: ['DataMissing'] }));
    await world.pass(30 * MINUTE_MS);
    expect(heardBy('alerts')).toEqual(['DataMissing', 'DataMissingOver', ...late]);
    expect(new Set(world.keys.get('alerts')?.slice(2)).size).toBe(1);
    await second.end();
  });

  it('repeats nothing of what was folded or told before', async () => {
    const first = world.lead();
    await flap(first, 7);
    await world.pass(MINUTE_MS);
    const before = heardBy('alerts').length;
    await first.end();
    const second = world.lead();
    second.take(seenRelease(story));
    await world.pass(30 * MINUTE_MS);
    expect(heardBy('alerts')).toHaveLength(before);
    await second.end();
  });

  it('goes on from where the story was told, though a late line was told last', async () => {
    const first = world.lead();
    await flap(first, 1);
    await tell(first, 'DataMissing', ['DataMissing']);
    await tell(first, 'WaveBaking', ['DataMissing']);
    await tell(first, 'WavePassed', ['DataMissing'], 20 * MINUTE_MS);
    await first.end();
    const second = world.lead();
    second.take(seenRelease(story, { waitsFor: [] }));
    await world.pass(20 * MINUTE_MS);
    expect(heardBy('alerts')).toEqual(['DataMissing', 'DataMissingOver', 'WavePassed', 'DataMissing']);
    await second.end();
  });
});
