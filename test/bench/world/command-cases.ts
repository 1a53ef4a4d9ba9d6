import { refOf } from '../../../src/controller/actor.ts';
import { stableTemplate } from '../../../src/controller/stable-template.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { FIELD_MANAGER } from '../../../src/ports/kinds.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import type { VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import type { DrivenTarget } from './driven-target.ts';

/** A command whose loss is measured: the moment before it, the plain way to send it, and what shows that it was carried out. */
export interface CommandCase {
  readonly name: 'abort' | 'resume' | 'template' | 'promoteFull';
  /** Brings the target to the moment in which the controller has just written its status; answers the goal that asks for the command. */
  prepare(target: DrivenTarget, run: TargetRun, clock: VirtualClock): Promise<TargetRun>;
  sendOnce(target: DrivenTarget, run: TargetRun): Promise<void>;
  isEffect(observed: ObservedTarget, run: TargetRun): boolean;
}

const PREPARED_WITHIN_MS = 120_000;
const status = { fieldManager: 'somebody', subresource: 'status' } as const;

/** The four commands whose loss leaves a tenant where nobody wants it. */
export const commandCases: readonly CommandCase[] = [
  {
    name: 'abort',
    async prepare(target, run) {
      return { ...(await toFirstPause(target, run)), goal: { kind: 'restored' } };
    },
    sendOnce: (target) => patchStatus(target, { abort: true }),
    isEffect: (observed, run) => observed.abortedAt || isBack(observed, run),
  },
  {
    name: 'resume',
    async prepare(target, run) {
      return { ...(await toFirstPause(target, run)), goal: { kind: 'promoted' } };
    },
    sendOnce: (target) => patchStatus(target, { pauseConditions: null }),
    isEffect: (observed) => (observed.stepIndex ?? 0) > 1,
  },
  {
    name: 'template',
    async prepare(target, run) {
      const paused = await toFirstPause(target, run);
      return { ...paused, goal: { kind: 'restored' } };
    },
    sendOnce: restoreOnce,
    isEffect: (observed, run) => isBack(observed, run),
  },
  {
    name: 'promoteFull',
    async prepare(target, run, clock) {
      const paused = await toFirstPause(target, run);
      const promoted: TargetRun = { ...paused, goal: { kind: 'promoted' }, goalAt: clock.now() };
      const isPromoted = (observed: ObservedTarget) =>
        observed.stableHash === paused.revision && observed.phase === 'Healthy';
      await reached(target.drive(promoted, isPromoted, PREPARED_WITHIN_MS));
      const restored: TargetRun = { ...promoted, goal: { kind: 'restored' }, goalAt: clock.now() };
      await restoreOnce(target, run);
      // nudged if need be: here the command that follows is measured
      const isStepping = (observed: ObservedTarget) => isBackAsCanary(observed, run) && observed.pause !== null;
      const isSeen = await target.until(isStepping, 2_000);
      if (!isSeen) {
        await touch(target);
        await reached(target.until(isStepping, PREPARED_WITHIN_MS));
      }
      return restored;
    },
    sendOnce: (target) => patchStatus(target, { promoteFull: true }),
    isEffect: (observed, run) => isBack(observed, run) && observed.stableHash === previousHash(run),
  },
];

/** The new version at the pause of its first step, in the moment in which the pause is seen. */
async function toFirstPause(target: DrivenTarget, run: TargetRun): Promise<TargetRun> {
  await reached(target.drive(run, (observed) => observed.pause !== null, PREPARED_WITHIN_MS));
  return { ...run, revision: target.observed().currentHash };
}

function previousHash(run: TargetRun): string {
  return run.previous.kind === 'revision' ? run.previous.hash : '';
}

function isBackAsCanary(observed: ObservedTarget, run: TargetRun): boolean {
  return observed.isObserved && observed.currentHash === previousHash(run);
}

/** The controller has taken the old template as the current one. */
function isBack(observed: ObservedTarget, run: TargetRun): boolean {
  return isBackAsCanary(observed, run);
}

async function patchStatus(target: DrivenTarget, change: Readonly<Record<string, unknown>>): Promise<void> {
  await target.api.mergePatch(refOf(target.indexed), { status: change }, status);
}

async function restoreOnce(target: DrivenTarget, run: TargetRun): Promise<void> {
  const value = await stableTemplate(target.api, target.indexed, previousHash(run));
  const operation = { op: 'replace', path: '/spec/template', value } as const;
  await target.api.patch(refOf(target.indexed), [operation], { fieldManager: FIELD_MANAGER });
}

async function touch(target: DrivenTarget): Promise<void> {
  const annotations = { 'example.com/touched': 'yes' };
  await target.api.mergePatch(refOf(target.indexed), { metadata: { annotations } }, { fieldManager: 'somebody' });
}

async function reached(work: Promise<boolean>): Promise<void> {
  if (!(await work)) throw new Error('a measured Rollout does not come to the moment before the command');
}
