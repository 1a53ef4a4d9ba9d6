import { describe, expect, it } from 'vitest';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { askBack, operate, planHashOf } from './operated-release.ts';
import { HUB, NAMESPACE } from './simulated-world.ts';

const releaseRef = { kind: kinds.release, namespace: NAMESPACE, name: 'app-2' };
const rolloutIn = (namespace: string) => ({ kind: kinds.rollout, namespace, name: 'app' });
const FINAL = ['Completed', 'RolledBack'];

describe('what a person does to the records in the hub', () => {
  it('a status of a newer version is left alone, and its release is not started again', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    world.daemon.kill();
    await world.sim.hub.mergePatch(
      releaseRef,
      { status: { phase: 'Sideways' } },
      { fieldManager: 'newer', subresource: 'status' },
    );
    const told: string[] = [];
    world.sim.startDaemon({ report: (event) => told.push(event.type), ignored: (message) => told.push(message) });
    await world.sim.clock.advance(120_000);
    expect(world.look('shared', 'biz-0')).toBe('b Paused');
    const object = world.sim.world.store(HUB).get(releaseRef)!;
    expect(object['status']).toMatchObject({ phase: 'Sideways' });
    expect(readStatus(object['status'])).toBeNull();
    expect(told).toContainEqual(expect.stringMatching(/^ignoring Release app-2: its status/));
  });

  it('a WaveRun that cannot be read stops its release by name, not the daemon', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    world.daemon.kill();
    const object = world.waveRun('business');
    const status = { targets: [{ target: 'shared/biz-0/app', goal: { kind: 'evaporated' } }] };
    const ref = { kind: kinds.waveRun, namespace: NAMESPACE, name: object.metadata.name };
    await world.sim.hub.mergePatch(ref, { status }, { fieldManager: 'stranger', subresource: 'status' });
    const told: string[] = [];
    world.sim.startDaemon({
      report: (event) => {
        if (event.type === 'retrying') told.push(event.error.message);
      },
    });
    await world.sim.clock.advance(60_000);
    expect(told[0]).toMatch(/^reading the runs of app-2: WaveRun \S+ is not one that this version wrote/);
    expect(world.look('shared', 'biz-0')).toBe('b Paused');
  });

  it('a deleted release goes no further', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    await world.sim.hub.delete(releaseRef);
    await world.sim.clock.advance(120_000);
    expect([world.pausedAt('shared', 'biz-0', 0), world.pausedAt('shared', 'biz-1', 0)]).toEqual([true, true]);
  });
});

describe('a rollback says by name what it did not bring back', () => {
  it.each([
    ['deleted in mid-canary', 'biz-0'],
    ['deleted after its promotion', 'app'],
  ])('a Rollout %s', async (_, until) => {
    const world = await operate();
    await world.until(() => world.pausedAt(until === 'app' ? 'ent' : 'shared', until, 0));
    await world.sim.world.api('shared').delete(rolloutIn('biz-0'));
    expect(await world.untilPhase(...FINAL)).toBe('RolledBack');
    expect(['biz-0', 'biz-1'].map((one) => world.look('shared', one))).toEqual(['gone', 'a Healthy']);
    expect(world.story().at(-1)).toBe(
      'RolledBack: the scope is back on the version it had, except: shared/biz-0/app (its Rollout is gone)',
    );
    expect(world.waits()).toContainEqual(expect.stringMatching(/^NotRestored: .*shared\/biz-0\/app/));
  });

  it('a first deploy that fails stays as it is, and everybody else goes back', async () => {
    const world = await operate({ start: false });
    await world.sim.world.api('shared').delete(rolloutIn('biz-1'));
    world.weather.badRatio = (tenant) => (tenant === 'biz-1' ? 0.5 : 0.001);
    await world.release('app-2', 'b');
    expect(await world.untilPhase(...FINAL)).toBe('RolledBack');
    expect(['biz-0', 'biz-1'].map((one) => world.look('shared', one))).toEqual(['a Healthy', 'b Healthy']);
    expect(world.story().at(-1)).toContain('except: shared/biz-1/app (first deploy, nothing to go back to)');
  });

  it('targets that a newer release has taken over', async () => {
    const world = await operate();
    await world.untilPhase('Completed');
    await world.release('app-3', 'c');
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    await askBack(world, 'back', 'release');
    await world.untilPhase('RolledBack');
    expect(world.story().at(-1)).toContain('shared/biz-0/app (carries app-3)');
    expect(world.look('ent', 'app')).toBe('a Healthy');
    await world.until(() => world.status('app-3').phase === 'Completed');
    expect(world.look('ent', 'app')).toBe('c Healthy');
  });

  it('a failed target within the budget is named at the end, and while it cannot be brought back', async () => {
    const world = await operate({ waves: { enterprise: { maxFailures: 1 } } });
    await world.until(() => world.pausedAt('ent', 'app', 0));
    world.sim.world.setReachable('ent', false);
    await world.sim.clock.advance(300_000);
    expect(world.waits()).toContainEqual(expect.stringMatching(/^RollbackPending: ent\/app\/app is not back yet: /));
    world.sim.world.setReachable('ent', true);
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
    expect(world.story().at(-1)).toBe('Completed: every wave passed, except: ent/app/app (ClusterUnreachable)');
    expect(world.look('ent', 'app')).toBe('a Healthy');
  });
});

describe('a person asks for a rollback', () => {
  it('of the wave while the next one waits: the last that has started goes back', async () => {
    const world = await operate({ waves: { enterprise: { approval: { required: 1 } } } });
    await world.until(() => world.waits().some((one) => one.startsWith('ApprovalRequired')));
    await askBack(world, 'back', 'wave');
    await world.untilPhase('RolledBack');
    expect([world.look('shared', 'pool'), world.look('shared', 'biz-0')]).toEqual(['b Healthy', 'a Healthy']);
  });

  it('twice, then of more: the same again changes nothing, the wider one goes on', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('ent', 'app', 0));
    await askBack(world, 'r1', 'inFlight');
    await world.untilPhase('RolledBack');
    const { finishedAt } = world.status();
    await askBack(world, 'r2', 'inFlight');
    await world.sim.clock.advance(5_000);
    expect(world.status()).toMatchObject({ phase: 'RolledBack', finishedAt, handledRequests: ['r1', 'r2'] });
    await askBack(world, 'r3', 'release');
    await world.sim.clock.advance(2_000);
    await world.untilPhase('RolledBack');
    expect(['pool', 'biz-0', 'biz-1'].map((one) => world.look('shared', one))).toEqual(Array(3).fill('a Healthy'));
  });

  it.each(['mid-canary', 'after its promotion'])('of a Rollout that somebody paused %s', async (when) => {
    const world = await operate();
    await world.until(() =>
      when === 'mid-canary' ? world.pausedAt('shared', 'biz-0', 0) : world.pausedAt('ent', 'app', 0),
    );
    await world.patch('shared', 'biz-0', [{ op: 'add', path: '/spec/paused', value: true }]);
    await askBack(world, 'back', 'release');
    expect(await world.until(() => world.status().phase === 'RolledBack', 60_000)).toBe(true);
    expect(world.look('shared', 'biz-0')).toBe('a Healthy');
  });

  it('and pauses the Rollout on its way back', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('ent', 'app', 0));
    await askBack(world, 'back', 'release');
    await world.until(() => world.look('shared', 'biz-0').startsWith('a'));
    await world.patch('shared', 'biz-0', [{ op: 'add', path: '/spec/paused', value: true }]);
    expect(await world.until(() => world.status().phase === 'RolledBack', 60_000)).toBe(true);
  });
});

describe('what people do behind our back is held at, and measured', () => {
  it.each([
    ['promotes', [{ op: 'add', path: '/status/promoteFull', value: true }], true, 'AheadOfGoal'],
    ['pauses', [{ op: 'add', path: '/spec/paused', value: true }], false, 'PausedByHand'],
  ] as const)('a stranger %s in mid-canary', async (_, operations, isStatus, reason) => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    await world.patch('shared', 'biz-0', operations, isStatus);
    await world.sim.clock.advance(60_000);
    expect(world.waits()).toContainEqual(expect.stringMatching(new RegExp(`^${reason}: wave business: .*biz-0`)));
    world.weather.badRatio = (tenant) => (tenant === 'biz-0' ? 0.5 : 0.001);
    expect(await world.until(() => world.status().phase === 'RolledBack', 60_000)).toBe(true);
    expect(world.status().message).toContain('biz-0 availability: 50 %');
  });

  it('a scale by hand stays, and the release goes on', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    await world.patch('shared', 'biz-0', [{ op: 'replace', path: '/spec/replicas', value: 6 }]);
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
    expect(world.rollout('shared', 'biz-0')?.['spec']).toMatchObject({ replicas: 6 });
  });

  it('an edit of the template fails the target and does not survive', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    const image = `registry.example/app@sha256:${'d'.repeat(64)}`;
    await world.patch('shared', 'biz-0', [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
    ]);
    expect(await world.untilPhase(...FINAL)).toBe('RolledBack');
    expect(world.look('shared', 'biz-0')).toBe('a Healthy');
    expect(world.status().message).toContain('somebody changed them');
  });
});

describe('what comes from elsewhere is told as what it is', () => {
  it('a replaced Rollout, our annotations gone with it, fails as foreign at once', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    const image = `registry.example/app@sha256:${'d'.repeat(64)}`;
    await world.patch('shared', 'biz-0', [
      { op: 'replace', path: '/metadata/annotations', value: {} },
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
    ]);
    expect(await world.until(() => world.status().phase === 'RolledBack', 60_000)).toBe(true);
    expect(world.status().message).toContain('somebody changed them');
    expect(world.story().at(-1)).toContain('shared/biz-0/app (carries somebody)');
  });

  it('an abort by hand', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    await world.patch('shared', 'biz-0', [{ op: 'add', path: '/status/abort', value: true }], true);
    await world.untilPhase(...FINAL);
    expect(world.status().message).toBe(
      'wave business failed: aborted in the cluster, by a person or its own analysis',
    );
  });

  it('a cluster of a wave that has passed is away: said while the next waits', async () => {
    const world = await operate({ waves: { enterprise: { approval: { required: 1 } } } });
    await world.until(() => world.waits().some((one) => one.startsWith('ApprovalRequired')));
    world.sim.world.setReachable('shared', false);
    await world.sim.clock.advance(60_000);
    expect(world.waits()).toContainEqual(expect.stringMatching(/^ClusterUnreachable: wave business: /));
  });

  it('a ReplicaSet that a rollback needs is gone: pending, with what to do', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('ent', 'app', 0));
    const { previous } = world.run('shared', 'biz-0')!;
    const api = world.sim.world.api('shared');
    const sets = await api.list(kinds.replicaSet, { namespace: 'biz-0' });
    const { metadata } = sets.items.find(
      (one) => previous.kind === 'revision' && one.metadata.name.endsWith(previous.hash),
    )!;
    await api.delete({ kind: kinds.replicaSet, namespace: 'biz-0', name: metadata.name });
    await askBack(world, 'back', 'release');
    await world.sim.clock.advance(20_000);
    const advice = /biz-0\/app: the ReplicaSet with hash \w+ is gone, restore it by hand/;
    expect(world.status().waitingFor).toEqual([{ reason: 'CommandRefused', message: expect.stringMatching(advice) }]);
    await world.sim.clock.advance(300_000);
    expect(world.status().phase).toBe('RollbackIncomplete');
    expect(world.status().waitingFor[0]).toEqual({ reason: 'RollbackPending', message: expect.stringMatching(advice) });
  });
});

describe('a hub that was restored from a backup', () => {
  it('asks, and brings nothing back that a newer daemon has touched', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    const path = '/metadata/annotations/tidegate.dev~1epoch';
    await world.patch('shared', 'biz-0', [{ op: 'replace', path, value: '99' }]);
    await world.sim.clock.advance(30_000);
    expect(world.waits()).toContainEqual(expect.stringMatching(/^NewerEpoch: /));
    await askBack(world, 'back', 'release');
    await world.sim.clock.advance(300_000);
    expect(world.waits()[0]).toMatch(
      /^RollbackPending: shared\/biz-0\/app is not back yet: epoch 99 has acted here, ours is 1/,
    );
  });
});

describe('missing data', () => {
  it.each([
    ['at a step', () => 'Paused'],
    ['while a wave bakes', () => 'Baking'],
  ])('%s, for longer than the limit and the deadline: asks, and goes on when they return', async (_, where) => {
    const world = await operate();
    await world.until(() =>
      where() === 'Paused' ? world.pausedAt('shared', 'biz-0', 0) : world.status()?.waves[1]?.phase === 'Baking',
    );
    world.weather.source = 'unavailable';
    await world.sim.clock.advance(3_600_000);
    expect(world.status().phase).toBe('Running');
    expect(world.waits()).toContainEqual(expect.stringMatching(/^DataMissing: wave business/));
    world.weather.source = 'none';
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
  });

  it.each(['biz-1', 'free-1'])('counts of %s that are no numbers hold it', async (tenant) => {
    const world = await operate();
    world.weather.badRatio = (one) => (one === tenant ? Number.NaN : 0.001);
    await world.sim.clock.advance(180_000);
    const namespace = tenant === 'free-1' ? 'pool' : tenant;
    expect(world.pausedAt('shared', namespace, 0)).toBe(true);
    expect(world.waits()).toContainEqual(expect.stringMatching(/^DataMissing: /));
  });
});

describe('time and leadership', () => {
  it.each([30_000, -30_000])(
    'a daemon whose clock is %i ms ahead bakes each step from its decision on, at least',
    async (aheadMs) => {
      const resumedAfter: number[] = [];
      const world = await operate({
        daemon: {
          aheadMs,
          onWrite: ({ stage, operations }) => {
            const resume = operations.find((one) => one.op === 'test' && one.path.endsWith('0/startTime'));
            if (stage === 'sent' && resume !== undefined && 'value' in resume)
              resumedAfter.push(world.sim.clock.now() - Date.parse(String(resume.value)));
          },
        },
      });
      expect(await world.untilPhase(...FINAL)).toBe('Completed');
      expect(Math.min(...resumedAfter)).toBeGreaterThanOrEqual(3_000);
    },
  );

  it('a paused leader that wakes up under a freeze writes nothing', async () => {
    let wake: (() => void) | null = null;
    const world = await operate({
      daemon: {
        onWrite: ({ stage, ref, operations }) => {
          const isResume = operations.some((one) => one.path === '/status/pauseConditions');
          if (wake === null && stage === 'sent' && isResume && ref.namespace === 'biz-0') wake = world.daemon.suspend();
        },
      },
    });
    await world.until(() => wake !== null);
    await world.make('Freeze', 'stop', { scope: { all: true }, reason: 'incident', by: 'ana' });
    world.sim.startDaemon();
    await world.sim.clock.advance(60_000);
    expect(world.pausedAt('shared', 'biz-0', 0)).toBe(true);
    wake!();
    await world.sim.clock.advance(30_000);
    expect(world.pausedAt('shared', 'biz-0', 0)).toBe(true);
    await world.sim.hub.delete({ kind: kinds.freeze, namespace: NAMESPACE, name: 'stop' });
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
  });
});

describe('people decide', () => {
  it('an approval for another plan does not count, and is named', async () => {
    const world = await operate({ waves: { business: { approval: { required: 1 } } } });
    await world.until(() => world.waits().some((one) => one.startsWith('ApprovalRequired')));
    await world.make('Approval', 'other', { release: 'app-2', planHash: 'f'.repeat(64), wave: 'business', by: 'ana' });
    await world.sim.clock.advance(10_000);
    expect(world.waits()[0]).toMatch(
      /^ApprovalRequired: wave business has 0 of 1 approvals for plan \w{12}; 1 is for another plan/,
    );
    await world.make('Approval', 'this', {
      release: 'app-2',
      planHash: planHashOf(world),
      wave: 'business',
      by: 'ana',
    });
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
  });

  it.each([
    ['target', ['b', 'b', 'a']],
    ['wave', ['b', 'a', 'a']],
    ['release', ['a', 'a', 'a']],
  ])('onFailure %s takes back that much', async (rollback, expected) => {
    const world = await operate({ waves: { business: { onFailure: { rollback }, maxConcurrency: 1 } } });
    world.weather.badRatio = (tenant) => (tenant === 'biz-1' ? 0.5 : 0.001);
    expect(await world.untilPhase(...FINAL)).toBe('RolledBack');
    expect(['pool', 'biz-0', 'biz-1'].map((one) => world.look('shared', one)[0])).toEqual(expected);
  });

  it('a failure within the budget takes back that target only, and the release says so at its end', async () => {
    const world = await operate({ waves: { business: { maxFailures: 1 } } });
    world.weather.badRatio = (tenant) => (tenant === 'biz-1' ? 0.5 : 0.001);
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
    expect(['biz-0', 'biz-1'].map((one) => world.look('shared', one))).toEqual(['b Healthy', 'a Healthy']);
    expect(world.status().message).toBe('every wave passed, except: shared/biz-1/app (SloFailed)');
  });

  it('a wave that is not done by its deadline goes back', async () => {
    const world = await operate({
      waves: { business: { deadline: { target: '2m', wave: '40s' }, maxConcurrency: 1 } },
    });
    expect(await world.untilPhase(...FINAL)).toBe('RolledBack');
    expect(world.status().message).toBe('wave business failed: not done after 40s');
  });
});

describe('shapes of fleets', () => {
  it.each([
    ['no steps', { wave: { steps: [] } }],
    ['single replicas', { replicas: { free: 1, business: 1, enterprise: 1 } }],
  ])('%s: a good version comes through, a bad one goes back', async (_, fleet) => {
    const good = await operate(fleet);
    expect(await good.untilPhase(...FINAL)).toBe('Completed');
    const bad = await operate(fleet);
    bad.weather.badRatio = (tenant) => (tenant === 'ent-0' ? 0.5 : 0.001);
    expect(await bad.untilPhase(...FINAL)).toBe('RolledBack');
    expect([bad.look('shared', 'biz-0'), bad.look('ent', 'app')]).toEqual(['a Healthy', 'a Healthy']);
  });

  it('a first deploy comes last in its wave; without its namespace the wave waits by name', async () => {
    const world = await operate({ start: false });
    const api = world.sim.world.api('shared');
    await api.delete(rolloutIn('biz-1'));
    await api.delete({ kind: kinds.namespace, namespace: null, name: 'biz-1' });
    await world.release('app-2', 'b');
    await world.sim.clock.advance(120_000);
    expect(world.waits()).toEqual(['PreflightFailed: biz-1: namespace biz-1 is missing, create it first']);
    const written = () => world.sim.world.store(HUB).get(releaseRef)!.metadata.resourceVersion;
    const once = written();
    await world.sim.clock.advance(120_000);
    expect(written(), 'a hold that stands is not written again').toBe(once);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'biz-1' } };
    await api.create(namespace, kinds.namespace, { fieldManager: 'kubectl' });
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
    expect(world.look('shared', 'biz-1')).toBe('b Healthy');
  });
});

describe('what is away', () => {
  it('the hub for a minute in mid-wave', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    world.sim.world.setReachable(HUB, false);
    await world.sim.clock.advance(60_000);
    expect(world.pausedAt('shared', 'biz-0', 0)).toBe(true);
    world.sim.world.setReachable(HUB, true);
    expect(await world.untilPhase(...FINAL)).toBe('Completed');
  });

  it('a cluster when a rollback is decided: pending by name until it returns', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('ent', 'app', 1));
    world.sim.world.setReachable('ent', false);
    await askBack(world, 'back', 'release');
    await world.sim.clock.advance(600_000);
    expect(world.status().phase).toBe('RollbackIncomplete');
    expect(world.waits()[0]).toMatch(/^RollbackPending: ent\/app\/app is not back yet: /);
    expect(world.look('shared', 'biz-0')).toBe('a Healthy');
    world.sim.world.setReachable('ent', true);
    await world.untilPhase('RolledBack');
    expect(world.look('ent', 'app')).toBe('a Healthy');
  });

  it('the controller in mid-rollback: a person is told, and it ends once it is back', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 1));
    world.sim.world.argo('shared').stop();
    await askBack(world, 'back', 'release');
    await world.sim.clock.advance(70_000);
    expect(world.waits()[0]).toMatch(/^CommandStuck: .*is the Argo Rollouts controller of shared alive/);
    world.sim.world.argo('shared').start();
    await world.untilPhase('RolledBack');
    expect(world.story().filter((one) => one.startsWith('CommandStuck:'))).toHaveLength(1);
    expect(['pool', 'biz-0', 'biz-1'].map((one) => world.look('shared', one))).toEqual(Array(3).fill('a Healthy'));
  });
});
