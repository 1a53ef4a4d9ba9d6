import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { applyDeclarations, baselinePlan, deployBaseline, prepareHub } from '../../src/cli/seed-world.ts';
import type { DaemonEvent } from '../../src/controller/daemon.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { FINAL_PHASES, type ReleasePhase, type ReleaseStatus } from '../../src/domain/release-status.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { projectRollout } from '../../src/release/observed-target.ts';
import { type ConnectedLab, connectLab, untilServed } from './connected-lab.ts';
import { CLUSTER, fleetFile, imageOf, loadFleet, releaseObject, WORKLOAD } from './release/fleet.ts';
import { createLiveModelSource, readyRevisions } from './release/model-source.ts';
import { type MortalDaemon, startMortalDaemon } from './release/mortal-daemon.ts';

const lab = inject('lab');

const HUB_NAMESPACE = 'tidegate-system';
const BUSINESS = new Set(['id-globex', 'id-hooli', 'id-stark']);
const LIMIT_MS = 150_000;

describe.skipIf(lab === null)('a whole release, against the real thing', () => {
  let connected: ConnectedLab;
  let baseline: Plan;
  let daemon: MortalDaemon | null = null;
  let incarnation = 0;
  /** For whoever has to find out why a test went red. */
  const story: string[] = [];

  beforeAll(async () => {
    connected = await connectLab(lab, CLUSTER);
    const { api, clock } = connected;
    const prefix = `release-${randomUUID().slice(0, 6)}`;
    await prepareHub(api, HUB_NAMESPACE);
    for (const kind of Object.values(kinds).filter(({ group }) => group === 'tidegate.dev'))
      await untilServed(api, kind);
    await applyDeclarations(api, HUB_NAMESPACE, [fleetFile(prefix)], (object) => object);
    const spec = {
      workload: WORKLOAD,
      wavePlan: 'hasty',
      version: { name: '0', images: { app: imageOf('0') } },
      scope: null,
    };
    baseline = baselinePlan(loadFleet(prefix), { name: 'baseline', ...spec }, clock.now());
    await deployBaseline(baseline, () => api);
    await until('every target is healthy', async () => (await targets()).every(({ phase }) => phase === 'Healthy'));
    startDaemon();
  });

  afterAll(async () => {
    await daemon?.stop();
    await connected.api.close();
  });

  test('a good one reaches every tenant, though its daemon dies on the way', async () => {
    await start('good', '1');
    await untilStatus('good', ({ waves }) => waves[1]!.phase === 'Running');
    replaceDaemon();
    const status = await untilEnded('good');
    expect(status).toMatchObject({ phase: 'Completed', rollback: null });
    expect(status.waves.map(({ phase }) => phase)).toEqual(['Passed', 'Passed', 'Passed']);
    await expectAllOn('1');
  });

  test('a bad one is taken back from every tenant, though its daemon dies on the way', async () => {
    await start('bad', 'b');
    await untilStatus('bad', ({ waves }) => waves[0]!.phase === 'Passed');
    const isPromoted = ({ name, image, currentHash, stableHash }: Target) =>
      name.includes('pool') && image === imageOf('b') && currentHash === stableHash;
    expect((await targets()).filter(isPromoted), 'free pools that took it').toHaveLength(2);
    await untilStatus('bad', ({ phase }) => phase === 'RollingBack');
    replaceDaemon();
    const status = await untilEnded('bad');
    expect(status).toMatchObject({ phase: 'RolledBack', rollback: { scope: 'release', wave: 1, by: null } });
    await expectAllOn('1');
  });

  function startDaemon(): void {
    incarnation += 1;
    const { api, clock } = connected;
    const hurtsBusiness = (tenantId: string, image: string) =>
      image === imageOf('b') && BUSINESS.has(tenantId) ? 0.3 : 0;
    const source = createLiveModelSource('model', api, baseline, hurtsBusiness);
    const report = (event: DaemonEvent) => story.push(lineOf(event));
    daemon = startMortalDaemon({
      identity: `daemon-${incarnation}`,
      namespace: HUB_NAMESPACE,
      clock,
      api,
      source,
      report,
    });
  }

  function replaceDaemon(): void {
    daemon?.kill();
    startDaemon();
  }

  async function start(name: string, digit: string): Promise<void> {
    await connected.api.create(releaseObject(name, HUB_NAMESPACE, digit), kinds.release, { fieldManager: 'kubectl' });
  }

  async function statusOf(name: string): Promise<ReleaseStatus | null> {
    const live = await connected.api.get({ kind: kinds.release, namespace: HUB_NAMESPACE, name });
    return readStatus(live?.['status']);
  }

  /** @throws Error when the release ends before, or nothing of the kind happens in time */
  async function untilStatus(name: string, wanted: (status: ReleaseStatus) => boolean): Promise<ReleaseStatus> {
    let last: ReleaseStatus | null = null;
    await until(`release ${name} is as wanted`, async () => {
      last = await statusOf(name);
      if (last !== null && FINAL_PHASES.has(last.phase) && !wanted(last))
        throw new Error(`release ${name} ended as ${last.phase}: ${last.message}; ${JSON.stringify(last.timeline)}`);
      return last !== null && wanted(last);
    });
    return last!;
  }

  function untilEnded(name: string): Promise<ReleaseStatus> {
    const final: ReadonlySet<ReleasePhase> = FINAL_PHASES;
    return untilStatus(name, ({ phase }) => final.has(phase));
  }

  type Target = Awaited<ReturnType<typeof targets>>[number];

  async function targets() {
    const all = baseline.waves.flatMap((wave) => wave.targets);
    return Promise.all(
      all.map(async ({ id, namespace, rollout, replicas }) => ({
        name: id,
        replicas,
        ...projectRollout(await connected.api.get({ kind: kinds.rollout, namespace, name: rollout })),
      })),
    );
  }

  async function expectAllOn(digit: string): Promise<void> {
    for (const { name, replicas, phase, image, currentHash, stableHash, readyPods, totalPods } of await targets())
      expect({ name, phase, image, isStable: currentHash === stableHash, readyPods, totalPods }).toEqual({
        name,
        phase: 'Healthy',
        image: imageOf(digit),
        isStable: true,
        readyPods: replicas,
        totalPods: replicas,
      });
    const serving = await readyRevisions(connected.api, WORKLOAD);
    const own = new Set(baseline.waves.flatMap((wave) => wave.targets.map(({ namespace }) => namespace)));
    const images = serving.filter(({ namespace }) => own.has(namespace)).map(({ image }) => image);
    expect(new Set(images)).toEqual(new Set([imageOf(digit)]));
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const limitAtMs = performance.now() + LIMIT_MS;
    while (!(await isSo())) {
      if (performance.now() > limitAtMs) throw new Error(`waited for nothing: ${what}\n${story.slice(-60).join('\n')}`);
      await sleep(100);
    }
  }
});

function lineOf(event: DaemonEvent): string {
  switch (event.type) {
    case 'sent':
      return `sent ${event.command.action.kind} to ${event.command.target}`;
    case 'refused':
      return `refused ${event.command.action.kind} to ${event.command.target}: ${event.error.message}`;
    case 'retrying':
      return `retrying ${event.release}: ${event.error.message}`;
    case 'leading':
      return `leading, epoch ${event.epoch}`;
    default:
      return event.type;
  }
}
