import type { Goal, TargetRun } from '../../../src/domain/target-run.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import type { PlanIndex } from '../../../src/release/plan-index.ts';
import type { Wanted } from '../../contract/who-writes-what/driver.ts';
import { deployTarget, isHealthy, startedRun } from '../../contract/who-writes-what/one-target.ts';
import { scale } from '../../contract/who-writes-what/stranger.ts';
import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';
import { helpAlong, inTime, type Measured, measure } from './measuring.ts';
import { writeTemplateOf } from './plain-commands.ts';
import type { CommandName, Sample, Sender } from './sample.ts';

/** How a trip is made, and who hears of what it measured. */
export interface Trip {
  readonly sender: Sender;
  /** The next delay between what is seen and a command, ms. */
  readonly delayMs: (command: CommandName, sender: Sender) => number;
  readonly note: (sample: Sample) => void;
}

/** One Rollout with one pod and two versions, used again and again. */
export interface Lane {
  /** To the other version's first pause, on to the second (resume), and back (abort). */
  canary(trip: Trip): Promise<void>;
  /** To the other version as the way back from a promoted one (template), and past its other steps from the first pause on (promoteFull). */
  promoted(trip: Trip): Promise<void>;
  remove(): Promise<void>;
}

const RESTORED: Goal = { kind: 'restored' };
/** The controller does what it was not told by a lost command within this time. */
const MOVES_WITHIN_MS = 3_000;
/** At once, the controller may still take the version before for the stable one, and skip the steps on the way to it. */
const SETTLED_MS = 2_000;
const WALKS = 5;

type WayBack = Pick<Measured, 'index' | 'run' | 'goal'>;

interface Version {
  readonly index: PlanIndex;
  /** Its pod hash. */
  readonly hash: string;
}

/** Deploys a Rollout that walks its steps on every way, and leaves it one pod. */
export async function openLane(world: DrivenWorld): Promise<Lane> {
  const { driver, clock } = world;
  const target = await deployTarget(world, { rollbackWindow: false });
  const { indexed } = target;
  let stable: Version = { index: target.a, hash: target.hash };
  let trips = 0;
  await scale(world, target, 1);
  await settle(isAtRest);
  const first = await target.reach(
    { kind: 'step', step: 0 },
    startedRun(indexed, driver.observed(indexed), clock.now()),
  );
  await target.reach(RESTORED, first.run);
  let other: Version = { index: target.b, hash: first.observed.currentHash };

  /** Waits for what the controller does by itself; a lost event is made good by a touch. */
  async function settle(wanted: Wanted): Promise<ObservedTarget> {
    if ((await inTime(driver.until(indexed, wanted, MOVES_WITHIN_MS))) === null) await helpAlong(world, target, wanted);
    return driver.observed(indexed);
  }

  /** A release of its own each time: what stands in the object from the last one means nothing to it. */
  function releaseOf({ index }: Version): PlanIndex {
    trips += 1;
    return { ...index, plan: { ...index.plan, release: `trip-${trips}` } };
  }

  async function measured(
    { note, delayMs, sender }: Trip,
    rest: Omit<Measured, 'sender' | 'delayMs'>,
  ): Promise<TargetRun> {
    const { sample, run } = await measure(world, target, { ...rest, sender, delayMs: delayMs(rest.command, sender) });
    note(sample);
    if (sample.effectMs === null) await helpAlong(world, target, rest.isEffect);
    return run;
  }

  /** As if the stable version had been promoted by a release, which now goes back to the other one. */
  function wayBack(): WayBack {
    const observed = driver.observed(indexed);
    const previous = { kind: 'revision', hash: other.hash, image: '' } as const;
    const run = { ...startedRun(indexed, observed, clock.now()), previous, revision: stable.hash };
    // a template that came from a ReplicaSet is the same in other words
    const { id } = indexed.target;
    const promoted = { ...stable.index.targets.get(id)!, templateDigest: observed.templateDigest };
    return { index: { ...releaseOf(stable), targets: new Map([[id, promoted]]) }, run, goal: RESTORED };
  }

  /** Waits for the first pause on the other version; `false` where the controller skipped the steps. */
  async function walksTheSteps(): Promise<boolean> {
    const isBack = isOn(other.hash);
    const seen = await settle((one) => isBack(one) && (isPausedAt(1)(one) || isAtRest(one)));
    return seen.pause !== null;
  }

  return {
    async canary(trip) {
      const index = releaseOf(other);
      const started = startedRun(indexed, driver.observed(indexed), clock.now());
      const first = await driver.drive(index, started, isPausedAt(1));
      const isBack = isOn(stable.hash);
      const resumed = await measured(trip, {
        command: 'resume',
        index,
        run: first.run,
        goal: { kind: 'step', step: 1 },
        isEffect: ({ stepIndex }) => (stepIndex ?? 0) > 1,
      });
      await settle(isPausedAt(3));
      const aborted = await measured(trip, {
        command: 'abort',
        index,
        run: resumed,
        goal: RESTORED,
        isEffect: (seen) => seen.abortedAt || isBack(seen),
      });
      await driver.drive(index, { ...aborted, goal: RESTORED, goalAt: clock.now() }, isBack);
      await settle((seen) => isAtRest(seen) && isBack(seen));
    },

    async promoted(trip) {
      let way = wayBack();
      const run = await measured(trip, { command: 'template', ...way, isEffect: isOn(other.hash) });
      way = { ...way, run };
      for (let again = 1; !(await walksTheSteps()); again += 1) {
        if (again > WALKS) throw new Error(`${target.namespace} skips its steps each time`);
        [stable, other] = [other, stable];
        await clock.sleep(SETTLED_MS);
        way = wayBack();
        await writeTemplateOf(world.api, indexed, other.hash);
      }
      const isBack = isOn(other.hash);
      const isThrough: Wanted = (seen) => isBack(seen) && seen.stableHash === seen.currentHash;
      await measured(trip, { command: 'promoteFull', ...way, isEffect: isThrough });
      await settle((seen) => isAtRest(seen) && isThrough(seen));
      [stable, other] = [other, stable];
    },

    remove: () => world.api.delete({ kind: kinds.namespace, namespace: null, name: target.namespace }),
  };
}

/** Healthy, and the pods of the other version are gone: the controller has written its status for the last time. */
function isAtRest(seen: ObservedTarget): boolean {
  return isHealthy(seen) && !seen.abort && seen.stableHash === seen.currentHash && seen.totalPods === 1;
}

/** The controller has taken the version with this hash as the current one. */
function isOn(hash: string): Wanted {
  return (seen) => seen.isObserved && seen.currentHash === hash;
}

function isPausedAt(stepIndex: number): Wanted {
  return (seen) => seen.isObserved && seen.pause !== null && seen.controllerPause && seen.stepIndex === stepIndex;
}
