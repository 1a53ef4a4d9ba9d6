import type { Goal, TargetRun } from '../../../src/domain/target-run.ts';
import { instant } from '../../../src/domain/time.ts';
import type { PlanIndex } from '../../../src/release/plan-index.ts';
import { type Driven, NotInTime, type Wanted } from '../../contract/who-writes-what/driver.ts';
import type { OneTarget } from '../../contract/who-writes-what/one-target.ts';
import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';
import { sendPlain, touch } from './plain-commands.ts';
import type { CommandName, Sample, Sender } from './sample.ts';

/** What has had no effect by then, and has one after a touch, was lost. */
const LOST_AFTER_MS = 15_000;
/** A touch brings the effect within tens of milliseconds; a controller with much to do may take longer. */
const TOUCHED_WITHIN_MS = 60_000;

/** A command to send, and what shows that it was carried out. */
export interface Measured {
  readonly command: CommandName;
  readonly sender: Sender;
  readonly index: PlanIndex;
  readonly run: TargetRun;
  /** The goal that asks the daemon's code for the command. */
  readonly goal: Goal;
  readonly isEffect: Wanted;
  /** After the controller's own write was seen, ms. */
  readonly delayMs: number;
}

/** Sends a command and waits for its effect. */
export async function measure(
  world: DrivenWorld,
  target: OneTarget,
  measured: Measured,
): Promise<{ readonly sample: Sample; readonly run: TargetRun }> {
  const { clock } = world;
  const { command, sender, goal, delayMs } = measured;
  await clock.sleep(delayMs);
  const sentAt = clock.now();
  const run: TargetRun = { ...measured.run, goal, goalAt: sentAt };
  const driven =
    sender === 'ours' ? await sendOurs(world, { ...measured, run }) : await sendOnce(world, target, measured);
  const sample = {
    command,
    sender,
    delayMs,
    effectMs: driven === null ? null : clock.now() - sentAt,
    nudgedAtMs: (driven?.sent ?? []).flatMap(({ action }) => (action.kind === 'nudge' ? action.at - sentAt : [])),
  };
  return { sample, run: driven?.run ?? run };
}

/** `null` when there was no effect in time. */
async function sendOurs({ driver }: DrivenWorld, measured: Measured): Promise<Pick<Driven, 'run' | 'sent'> | null> {
  return inTime(driver.drive(measured.index, measured.run, measured.isEffect, LOST_AFTER_MS));
}

async function sendOnce(
  { api, driver }: DrivenWorld,
  target: OneTarget,
  { command, run, isEffect }: Measured,
): Promise<Pick<Driven, 'run' | 'sent'> | null> {
  const hash = run.previous.kind === 'revision' ? run.previous.hash : '';
  await sendPlain(api, target.indexed, command, hash);
  const observed = await inTime(driver.until(target.indexed, isEffect, LOST_AFTER_MS));
  return observed === null ? null : { run, sent: [] };
}

/** Waits for what the controller should do by itself, and touches the Rollout where it does not. */
export async function helpAlong(world: DrivenWorld, target: OneTarget, wanted: Wanted): Promise<void> {
  const { api, driver, clock } = world;
  const limitAt = instant(clock.now() + TOUCHED_WITHIN_MS);
  for (let waitMs = 100; ; waitMs *= 2) {
    await touch(api, target.indexed, String(clock.now()));
    if ((await inTime(driver.until(target.indexed, wanted, waitMs))) !== null) return;
    if (clock.now() > limitAt) {
      const seen = JSON.stringify(driver.observed(target.indexed));
      throw new NotInTime(`${target.namespace} does not move, touched or not: ${seen}`);
    }
  }
}

/** `null` where the limit was reached. */
export async function inTime<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotInTime) return null;
    throw error;
  }
}
