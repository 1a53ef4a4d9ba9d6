import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, TerminalError, TransientError } from '../../../../src/domain/errors.ts';
import type { Plan } from '../../../../src/domain/plan.ts';
import { createToldWorld, seenRelease, type ToldWorld } from './told-world.ts';

let world: ToldWorld;

beforeEach(() => {
  world = createToldWorld();
});

const heardBy = (name: string) => world.heard.get(name) ?? [];
const types = () => world.reported.map(({ type }) => type);

describe('a daemon that leads tells', () => {
  it('each line of the story once, the events all of them, a webhook what it wants', async () => {
    world.addWebhook('alerts');
    const daemon = world.lead();
    const story = [world.entry('Planned'), world.entry('WaveBaking')];
    daemon.take(seenRelease(story));
    await world.pass(1_000);
    story.push(world.entry('WavePassed'), world.entry('Completed'));
    daemon.take(seenRelease(story));
    daemon.take(seenRelease(story));
    await world.pass(1_000);
    expect(heardBy('events')).toEqual(['Planned', 'WaveBaking', 'WavePassed', 'Completed']);
    expect(heardBy('alerts')).toEqual(['WavePassed', 'Completed']);
    await daemon.end();
  });

  it('nothing while it follows', async () => {
    world.addWebhook('alerts');
    const daemon = world.lead();
    daemon.take({ type: 'following', holder: 'another' });
    daemon.take(seenRelease([world.entry('WavePassed')]));
    await world.pass(60_000);
    expect([...world.heard.keys()]).toEqual([]);
    await daemon.end();
  });

  it('what came while lines were dropped from the story', async () => {
    world.addWebhook('alerts');
    const daemon = world.lead();
    daemon.take(seenRelease([world.entry('WavePassed', 'first')]));
    await world.pass(1_000);
    daemon.take(seenRelease([world.entry('WavePassed', 'later'), world.entry('Completed')]));
    await world.pass(1_000);
    expect(heardBy('alerts')).toEqual(['WavePassed', 'WavePassed', 'Completed']);
    await daemon.end();
  });

  it('a webhook nothing from before it was made, and what comes after', async () => {
    const daemon = world.lead();
    const story = [world.entry('WavePassed')];
    daemon.take(seenRelease(story));
    await world.pass(1_000);
    world.addWebhook('late');
    await world.pass(1_000);
    daemon.take(seenRelease([...story, world.entry('Completed')]));
    await world.pass(1_000);
    expect(heardBy('late')).toEqual(['Completed']);
    await daemon.end();
  });

  it('of an unfinished release that is gone, and not of one that ended', async () => {
    world.addWebhook('alerts');
    const daemon = world.lead();
    daemon.take(seenRelease([world.entry('WavePassed')]));
    await world.pass(1_000);
    daemon.take({ type: 'releasesSeen', releases: [], tenantLabels: new Map() });
    await world.pass(1_000);
    expect(heardBy('alerts')).toEqual(['WavePassed', 'Superseded']);
    daemon.take(seenRelease([world.entry('Completed')], { phase: 'Completed', finishedAt: world.clock.now() }));
    daemon.take({ type: 'releasesSeen', releases: [], tenantLabels: new Map() });
    await world.pass(1_000);
    expect(heardBy('alerts')).toEqual(['WavePassed', 'Superseded', 'Completed']);
    await daemon.end();
  });

  it('a webhook that was changed by its new wishes, and one that was deleted nothing more', async () => {
    world.addWebhook('changed', { severity: 'error' });
    world.addWebhook('deleted');
    const daemon = world.lead();
    const story = [world.entry('WavePassed')];
    daemon.take(seenRelease(story));
    await world.pass(1_000);
    world.addWebhook('changed', { severity: 'info' });
    world.removeWebhook('deleted');
    await world.pass(1_000);
    daemon.take(seenRelease([...story, world.entry('Completed')]));
    await world.pass(1_000);
    expect(heardBy('changed')).toEqual(['Completed']);
    expect(heardBy('deleted')).toEqual(['WavePassed']);
    await daemon.end();
  });
});

describe('a webhook that asks for tiers', () => {
  const scope = { releases: null, workloads: null, waves: null, tiers: ['gold'], labels: null };
  const plan = (tier: string) =>
    ({
      waves: [{ name: 'free', targets: [{ tenants: ['acme'] }] }],
      tenants: [{ name: 'acme', tier }],
    }) as unknown as Plan;

  it.each([
    ['a wave that holds one', () => Promise.resolve(plan('gold')), ['WavePassed']],
    ['no wave that holds none', () => Promise.resolve(plan('free')), []],
    ['a wave of a plan that is lost', () => Promise.reject(new TerminalError('slices are missing')), ['WavePassed']],
  ])('is told of %s', async (_, loadPlan, reasons) => {
    world.loadPlan = loadPlan;
    world.addWebhook('gold', { scope });
    const daemon = world.lead();
    daemon.take(seenRelease([{ ...world.entry('WavePassed'), at: Date.parse('2026-11-22T10:10:00Z') as never }]));
    await world.pass(1_000);
    expect(heardBy('gold')).toEqual(reasons);
    const events = world.reported.filter(({ recipient }) => recipient === 'webhook/gold');
    expect(events.map(({ type }) => type)).toEqual(reasons.map(() => 'told'));
    await daemon.end();
  });
});

describe('a receiver', () => {
  it('that fails for a while is told in order, and what was told is written down once per burst', async () => {
    world.addWebhook('alerts');
    let tries = 0;
    world.onTell = (recipient) => {
      if (recipient !== 'alerts') return;
      tries += 1;
      if (tries <= 3) throw new TransientError('it answered 500');
    };
    const daemon = world.lead();
    daemon.take(seenRelease([world.entry('WavePassed'), world.entry('RollbackDecided'), world.entry('RolledBack')]));
    await world.pass(60_000);
    expect(heardBy('alerts')).toEqual(['WavePassed', 'RollbackDecided', 'RolledBack']);
    expect(world.saves).toHaveLength(1);
    expect(world.saves[0]).toMatchObject({
      told: [{ release: 'a-uid', key: world.keys.get('alerts')!.at(-1) }],
      failure: null,
    });
    await daemon.end();
  });

  it('that is away for long loses one notice after six tries, and the next ones arrive', async () => {
    world.addWebhook('alerts');
    let isAway = true;
    world.onTell = (recipient) => {
      if (recipient === 'alerts' && isAway) throw new TransientError('it answered 503');
    };
    const daemon = world.lead();
    daemon.take(seenRelease([world.entry('WavePassed'), world.entry('RollbackDecided')]));
    await world.pass(600_000);
    expect(types().filter((type) => type === 'failed')).toHaveLength(1);
    expect(world.stored.get('alerts')!.delivery.failure).toBe('it answered 503');
    isAway = false;
    await world.pass(600_000);
    expect(heardBy('alerts')).toEqual(['RollbackDecided']);
    expect(world.stored.get('alerts')!.delivery.failure).toBeNull();
    expect(heardBy('events')).toEqual(['WavePassed', 'RollbackDecided']);
    await daemon.end();
  });

  it.each([
    ['refuses', new TerminalError('it refused (404)')],
    ['breaks our own code', new TypeError('a bug')],
  ])('that %s is not asked again for this one, and nobody else suffers', async (_, error) => {
    world.addWebhook('alerts');
    world.onTell = (recipient, { reason }) => {
      if (recipient === 'alerts' && reason === 'WavePassed') throw error;
    };
    const daemon = world.lead();
    daemon.take(seenRelease([world.entry('WavePassed'), world.entry('Completed')]));
    await world.pass(10_000);
    expect(heardBy('alerts')).toEqual(['Completed']);
    expect(heardBy('events')).toEqual(['WavePassed', 'Completed']);
    expect(types().filter((type) => type === 'retrying')).toEqual([]);
    await daemon.end();
  });

  it('that is away while too much happens loses what matters least, and it is counted', async () => {
    world.addWebhook('alerts');
    let isAway = true;
    world.onTell = (recipient) => {
      if (recipient === 'alerts' && isAway) throw new TransientError('it answered 503');
    };
    const daemon = world.lead();
    const story = Array.from({ length: 300 }, (_, index) =>
      world.entry(index === 5 ? 'RollbackDecided' : 'WavePassed', String(index)),
    );
    daemon.take(seenRelease(story));
    await world.pass(100);
    isAway = false;
    await world.pass(60_000);
    const dropped = world.reported.filter(
      ({ type, recipient }) => type === 'dropped' && recipient === 'webhook/alerts',
    );
    expect(dropped).toHaveLength(300 - 256);
    expect(heardBy('alerts')).toContain('RollbackDecided');
    expect(heardBy('alerts')).toHaveLength(256);
    await daemon.end();
  });
});

describe('a new daemon', () => {
  it('goes on where the last one was, whatever was told, wanted or not', async () => {
    world.addWebhook('alerts');
    const first = world.lead();
    const story = [world.entry('Planned'), world.entry('WavePassed'), world.entry('WaveBaking')];
    first.take(seenRelease(story));
    await world.pass(10_000);
    await first.end();
    const second = world.lead();
    second.take(seenRelease([...story, world.entry('Completed')]));
    await world.pass(10_000);
    expect(heardBy('alerts')).toEqual(['WavePassed', 'Completed']);
    await second.end();
  });

  it('tells what nobody had told: the last one died with it', async () => {
    world.addWebhook('alerts');
    const story = [world.entry('RollbackDecided'), world.entry('RolledBack')];
    await world.pass(3_600_000);
    const daemon = world.lead();
    daemon.take(seenRelease(story, { phase: 'RolledBack', finishedAt: story[1]!.at }));
    await world.pass(10_000);
    expect(heardBy('alerts')).toEqual(['RollbackDecided', 'RolledBack']);
    // the API server had forgotten an event of that age, and would show it as if it were new
    expect(heardBy('events')).toEqual([]);
    await daemon.end();
  });

  it('repeats what could not be written down, under the same key', async () => {
    world.addWebhook('alerts');
    world.onSave = () => {
      throw new TransientError('the hub is away');
    };
    const first = world.lead();
    const story = [world.entry('WavePassed')];
    first.take(seenRelease(story));
    await world.pass(20_000);
    expect(types()).toContain('notRemembered');
    await first.end();
    world.onSave = () => undefined;
    const second = world.lead();
    second.take(seenRelease(story));
    await world.pass(10_000);
    const [one, other] = world.keys.get('alerts')!;
    expect(heardBy('alerts')).toEqual(['WavePassed', 'WavePassed']);
    expect(one).toBe(other);
    await second.end();
  });

  it('leaves alone what was interrupted: it is told again', async () => {
    world.addWebhook('alerts');
    world.onTell = (recipient) => {
      if (recipient === 'alerts') throw new TransientError('it answered 503');
    };
    const first = world.lead();
    const story = [world.entry('WavePassed')];
    first.take(seenRelease(story));
    await world.pass(2_000);
    await first.end();
    world.onTell = () => undefined;
    const second = world.lead();
    second.take(seenRelease(story));
    await world.pass(2_000);
    expect(heardBy('alerts')).toEqual(['WavePassed']);
    await second.end();
  });

  it('forgets the releases that are gone or long over, and a Webhook that is gone asks for nothing', async () => {
    world.addWebhook('alerts');
    const daemon = world.lead();
    const story = [world.entry('Completed')];
    const ended = { phase: 'Completed', finishedAt: world.clock.now() } as const;
    daemon.take(seenRelease(story, ended));
    await world.pass(1_000);
    expect(world.stored.get('alerts')!.delivery.told).toHaveLength(1);
    await world.pass(8 * 24 * 3_600_000);
    daemon.take(seenRelease([...story, world.entry('RollbackDecided')], ended));
    await world.pass(1_000);
    expect(world.stored.get('alerts')!.delivery.told).toEqual([]);
    world.onSave = () => {
      throw new ConflictError('the object is gone');
    };
    daemon.take(seenRelease([...story, world.entry('RolledBack')], ended));
    await world.pass(60_000);
    expect(types().filter((type) => type === 'notRemembered')).toHaveLength(1);
    await daemon.end();
  });
});
