import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { type SmallWorld, startSmallWorld } from './small-world.ts';

const KILLS_A_RELEASE = 5;
const LIMIT_MS = 240_000;

let world: SmallWorld;

/** A moment of the release that differs from kill to kill: its story is one line longer. */
async function untilStoryGrows(name: string, from: number): Promise<ReleaseStatus | null> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const status = await world.statusOf(name);
    const isFinal = status !== null && status.finishedAt !== null;
    if (isFinal || (status?.timeline.length ?? 0) > from) return status;
    if (Date.now() > until) throw new Error(`${name} stands still: ${JSON.stringify(status)}`);
    await world.sandbox.clock.sleep(40);
  }
}

/** Kills the daemon at the beginnings of the release's chapters, then lets it end. */
async function runKilled(version: string): Promise<{ readonly status: ReleaseStatus; readonly kills: number }> {
  const name = await world.create(version);
  let kills = 0;
  let seen = 0;
  for (;;) {
    const status = await untilStoryGrows(name, seen);
    if (status !== null && status.finishedAt !== null) return { status, kills };
    seen = status?.timeline.length ?? seen;
    if (kills >= KILLS_A_RELEASE) continue;
    kills += 1;
    await world.sandbox.clock.sleep(kills * 30);
    await world.replaceDaemon();
  }
}

/** `image's last character, phase` of every target. */
function targets(): readonly string[] {
  return world.sandbox.baseline
    .flatMap((plan) => plan.waves)
    .flatMap((wave) => wave.targets)
    .map((target) => {
      const rollout = world.sandbox.world
        .store(target.cluster)
        .get({ kind: kinds.rollout, namespace: target.namespace, name: target.rollout })!;
      const spec = rollout['spec'] as { template: { spec: { containers: { image: string }[] } } };
      return `${spec.template.spec.containers[0]!.image.slice(-1)} ${(rollout['status'] as { phase: string }).phase}`;
    });
}

describe('a daemon killed at ten moments', () => {
  beforeAll(async () => {
    world = await startSmallWorld();
  });

  afterAll(() => world?.stop());

  it('brings the good release to the same end as without', { timeout: LIMIT_MS }, async () => {
    const { status, kills } = await runKilled('2');
    expect({ phase: status.phase, kills }).toEqual({ phase: 'Completed', kills: KILLS_A_RELEASE });
    expect(new Set(targets())).toEqual(new Set(['2 Healthy']));
  });

  it('takes the bad one back, killed in mid-rollback too', { timeout: LIMIT_MS }, async () => {
    const { status, kills } = await runKilled('3');
    expect({ phase: status.phase, kills }).toEqual({ phase: 'RolledBack', kills: KILLS_A_RELEASE });
    expect(status.rollback?.message).toMatch(/^wave business failed: globex availability: /);
    expect(new Set(targets())).toEqual(new Set(['2 Healthy']));
  });
});
