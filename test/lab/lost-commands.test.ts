import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Goal, TargetRun } from '../../src/domain/target-run.ts';
import type { ObservedTarget } from '../../src/release/observed-target.ts';
import { type Driver, startDriver, type Wanted } from '../contract/who-writes-what/driver.ts';
import { deployTarget, type OneTarget } from '../contract/who-writes-what/one-target.ts';
import { touch } from '../contract/who-writes-what/stranger.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';

const lab = inject('lab');

const TARGETS = 25;
/** Commands follow the controller's own status write after 0 to this many ms, spread evenly. */
const WORST_MS = 20;
const STANDS_STILL_MS = 5_000;
const SETTLED_MS = 2_000;

type Name = 'resume' | 'abort' | 'template' | 'promoteFull';

/** One command, from its decision to its effect. */
interface Sent {
  readonly name: Name;
  readonly effectMs: number;
  /** 0: the command alone had its effect. */
  readonly nudges: number;
}

/** Sends what a goal asks for a moment after what was seen last, and notes what it took; answers the record as it is then. */
type Measure = (name: Name, run: TargetRun, goal: Goal, isEffect: Wanted) => Promise<TargetRun>;
type Trip = (target: OneTarget, measure: Measure) => Promise<void>;

const RESTORED: Goal = { kind: 'restored' };

describe.skipIf(lab === null)('commands at the moment in which the controller loses them', () => {
  let connected: ConnectedLab;
  let driver: Driver;
  const sent: Sent[] = [];
  /** Ways back from a promoted version on which the controller skipped the steps by itself. */
  let withoutSteps = 0;

  beforeAll(async () => {
    connected = await connectLab(lab);
    driver = startDriver(connected.api, connected.clock);
  });

  afterAll(async () => {
    await driver.stop();
    await connected.api.close();
  });

  test.for<readonly [string, readonly Name[], Trip]>([
    ['resume, abort and template on the way to a canary and back', ['resume', 'abort', 'template'], canaryAndBack],
    ['promoteFull on the way back from a promoted version', ['promoteFull'], promotedAndBack],
  ])(`no command is lost: %s, ${TARGETS} times each`, async ([, names, trip]) => {
    const { api, clock } = connected;
    const driven = await Promise.all(
      Array.from({ length: TARGETS }, async (_, index) => {
        const target = await deployTarget({ api, clock, driver }, { rollbackWindow: names.includes('template') });
        await trip(target, measurer(target, (index * WORST_MS) / (TARGETS - 1)));
        const { phase, stableHash, currentHash } = driver.observed(target.indexed);
        return { phase, isBack: stableHash === target.hash && currentHash === target.hash };
      }),
    );
    report(names);
    const expected = TARGETS - withoutSteps;
    for (const name of names) expect(countOf(name), name).toBe(expected);
    expect(withoutSteps).toBeLessThan(TARGETS / 2);
    for (const end of driven) expect(end).toEqual({ phase: 'Healthy', isBack: true });
  });

  function countOf(name: Name): number {
    return sent.filter((one) => one.name === name).length;
  }

  async function canaryAndBack(target: OneTarget, measure: Measure): Promise<void> {
    const isBack = isBackOn(target);
    const first = await target.reach({ kind: 'step', step: 0 });
    const resumed = await measure('resume', first.run, { kind: 'step', step: 1 }, isBeyondFirstStep);
    const second = await target.reach({ kind: 'step', step: 1 }, resumed);
    const aborted = await measure('abort', second.run, RESTORED, (seen) => seen.abortedAt || isBack(seen));
    const back = await measure('template', aborted, RESTORED, isBack);
    await target.reach(RESTORED, back);
  }

  async function promotedAndBack(target: OneTarget, measure: Measure): Promise<void> {
    const isBack = isBackOn(target);
    const promoted = await target.reach({ kind: 'promoted' });
    // at once, the controller may still take the old version for the stable one, and skip the steps
    await connected.clock.sleep(SETTLED_MS);
    const goal = { ...promoted.run, goal: RESTORED, goalAt: connected.clock.now() };
    const stepping = await driver.drive(target.b, goal, isBack);
    if (!(await walksTheSteps(target))) {
      withoutSteps += 1;
      return;
    }
    // only the controller takes the pause away; pods and the stable hash follow
    const isTaken: Wanted = (seen) => isBack(seen) && seen.pause === null;
    const full = await measure('promoteFull', stepping.run, RESTORED, isTaken);
    await target.reach(RESTORED, full);
  }

  /** Waits for the pause of the old version; a touch where the controller stands still by itself, for here the next command is measured. */
  async function walksTheSteps(target: OneTarget): Promise<boolean> {
    const isBack = isBackOn(target);
    const isDecided: Wanted = (seen) => isBack(seen) && (seen.pause !== null || seen.stableHash === target.hash);
    const isSeen = await driver.until(target.indexed, isDecided, STANDS_STILL_MS).then(
      () => true,
      () => false,
    );
    if (!isSeen) await touch({ ...connected, driver }, target);
    return (await driver.until(target.indexed, isDecided)).pause !== null;
  }

  function measurer(target: OneTarget, delayMs: number): Measure {
    return async (name, run, goal, isEffect) => {
      const { clock } = connected;
      await clock.sleep(delayMs);
      const decidedAt = clock.now();
      const driven = await driver.drive(target.b, { ...run, goal, goalAt: decidedAt }, isEffect);
      const nudges = driven.sent.filter(({ action }) => action.kind === 'nudge').length;
      sent.push({ name, effectMs: clock.now() - decidedAt, nudges });
      return driven.run;
    };
  }

  function report(names: readonly Name[]): void {
    for (const name of names) {
      const all = sent.filter((one) => one.name === name);
      const nudged = all.filter(({ nudges }) => nudges > 0).length;
      const most = Math.max(...all.map(({ nudges }) => nudges));
      const slowestMs = Math.max(...all.map(({ effectMs }) => effectMs));
      console.log(
        `${name}: ${all.length} sent, 0 lost; ${nudged} without effect for a second, sent once they would have been lost; nudges at most ${most}, slowest effect ${slowestMs} ms`,
      );
    }
  }
});

function isBeyondFirstStep(observed: ObservedTarget): boolean {
  return observed.stepIndex !== null && observed.stepIndex > 1;
}

/** The controller has taken the old template as the current one. */
function isBackOn(target: OneTarget): Wanted {
  return (seen) => seen.isObserved && seen.currentHash === target.hash;
}
