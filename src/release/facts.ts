import type { PlanWave } from '../domain/plan.ts';
import type { DecidingSample, Goal, TargetRun } from '../domain/target-run.ts';
import { earliest, formatDuration, type Instant, later } from '../domain/time.ts';
import { ANALYSIS_FAILED } from './analyses/analysis-gate.ts';
import type { Blocker } from './blockers.ts';
import { type Gate, readySince, subjectOf } from './gate.ts';
import { isAhead, isReached, type Location } from './location.ts';
import { newerEpoch as messageOfNewerEpoch } from './newer-epoch.ts';
import type { ObservedTarget } from './observed-target.ts';
import type { IndexedTarget } from './plan-index.ts';
import type { ClusterState } from './snapshot.ts';

/** Everything the facts about one started target look at. */
export interface TargetInput {
  readonly now: Instant;
  readonly indexed: IndexedTarget;
  readonly wave: PlanWave;
  readonly run: TargetRun;
  readonly observed: ObservedTarget | 'absent';
  readonly location: Location;
  readonly cluster: ClusterState;
  readonly epoch: number;
  readonly blocker: Blocker | null;
  /** The target's own data, with the wave's where the policy says so; `early` while it moves. Not asked then. */
  readonly gate: () => Gate;
}

/** What a fact leads to. */
export type Next =
  | { readonly kind: 'hold' }
  /** Holds, and a person has to act. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'advance'; readonly goal: Goal; readonly deciding: readonly DecidingSample[] }
  | { readonly kind: 'fail'; readonly deciding: readonly DecidingSample[] }
  /** On the new version, and nothing speaks against it. */
  | { readonly kind: 'settled'; readonly gate: Gate };

/** The first fact that applies to a target. */
export interface Finding {
  readonly fact: string;
  readonly reason: string;
  readonly message: string;
  readonly next: Next;
  /** When to look again at the latest; `null`: on the next change. */
  readonly wakeAt: Instant | null;
}

type Fact = (input: TargetInput) => Omit<Finding, 'fact'> | null;

const hold = (reason: string, message: string, wakeAt: Instant | null = null) =>
  ({ reason, message, wakeAt, next: { kind: 'hold' } }) as const;
const ask = (reason: string, message: string) => ({ reason, message, wakeAt: null, next: { kind: 'ask' } }) as const;
const fail = (reason: string, message: string, deciding: readonly DecidingSample[] = []) =>
  ({ reason, message, wakeAt: null, next: { kind: 'fail', deciding } }) as const;

const newerEpoch: Fact = ({ observed, epoch }) => {
  const message = messageOfNewerEpoch(observed, epoch);
  return message === null ? null : ask('NewerEpoch', message);
};

const unreachable: Fact = ({ cluster, indexed, run, wave, now }) => {
  if (cluster.kind !== 'stale') return null;
  const message = `${indexed.target.cluster}: ${cluster.message}`;
  // nothing is asked of a target that has arrived: its cluster may come back without a rollback of everybody
  if (run.reachedAt !== null) return hold('ClusterUnreachable', message);
  const overdueAt = later(Math.max(cluster.sinceAt, run.goalAt) as Instant, wave.targetDeadlineMs);
  return now > overdueAt
    ? fail('ClusterUnreachable', message)
    : hold('ClusterUnreachable', message, later(overdueAt, 1));
};

const gone: Fact = ({ location, run }) =>
  location.kind === 'absent' && run.previous.kind === 'revision'
    ? fail('TargetGone', 'the Rollout was deleted during the release')
    : null;

const foreign: Fact = ({ location }) =>
  location.kind === 'foreign'
    ? fail('ForeignTemplate', 'the live template or steps are not those of the plan; somebody changed them')
    : null;

const invalid: Fact = ({ location, observed }) =>
  location.kind === 'invalid' ? fail('InvalidSpec', messageOf(observed)) : null;

/** Before the controller has carried it out, its message is still of something else. */
const aborted: Fact = ({ location, observed }) => {
  if (location.kind === 'aborting')
    return fail('AbortedByCluster', 'aborted in the cluster, by a person or its own analysis');
  return location.kind === 'aborted' ? fail('AbortedByCluster', messageOf(observed)) : null;
};

const timedOut: Fact = ({ location, observed }) =>
  location.kind === 'timedOut' ? fail('ProgressDeadlineExceeded', messageOf(observed)) : null;

/** Somebody let it go further than we decided. */
const aheadOfGoal: Fact = ({ location, run }) =>
  isAhead(run.goal, location)
    ? ask('AheadOfGoal', 'the Rollout went further than decided; somebody promoted it by hand')
    : null;

/** Each move has the whole deadline; a wait at a gate does not count. */
const deadlineExceeded: Fact = ({ run, now, wave, location }) => {
  if (run.reachedAt !== null || isReached(run.goal, location)) return null;
  return now - run.goalAt > wave.targetDeadlineMs
    ? fail('DeadlineExceeded', `not there after ${formatDuration(wave.targetDeadlineMs)} (${location.kind})`)
    : null;
};

const halted: Fact = ({ location }) =>
  location.kind === 'halted' ? ask(location.reason, `the Rollout is paused: ${location.reason}`) : null;

const onTheWay: Fact = ({ location, run, wave }) => {
  if (isReached(run.goal, location)) return null;
  const message = `on the way to ${describeGoal(run.goal)} (${location.kind})`;
  return hold('Moving', message, later(run.goalAt, wave.targetDeadlineMs + 1));
};

const sloFailed: Fact = ({ gate }) => {
  const { kind, reason, message, samples } = gate();
  return kind === 'fail' ? fail(reason === ANALYSIS_FAILED ? reason : 'SloFailed', message, samples) : null;
};

/** Whoever brought it there: its tenants are exposed, and measured. */
const exposedByHand: Fact = (input) =>
  isAhead(input.run.goal, input.location) || input.location.kind === 'halted' ? sloFailed(input) : null;

const promoted: Fact = ({ run, gate, indexed }) =>
  run.goal.kind === 'promoted'
    ? {
        reason: 'Promoted',
        message: `${subjectOf(indexed)} is on the new version`,
        wakeAt: gate().lookAt,
        next: { kind: 'settled', gate: gate() },
      }
    : null;

const baking: Fact = ({ run, location, wave, now, gate }) => {
  const readyAt = location.kind === 'paused' ? readySince(run, location.pause.startedAt) : null;
  if (readyAt === null) return null;
  const bakedAt = later(readyAt, wave.bakeStepMs);
  return now < bakedAt ? hold('Baking', 'the step bakes', earliest(bakedAt, gate().lookAt)) : null;
};

const tooEarly: Fact = ({ gate }) => {
  const { kind, message, lookAt } = gate();
  return kind === 'early' ? hold('TooEarly', message, lookAt) : null;
};

/** `missing` and `inconclusive` never widen: they hold, and after the limit the declared outcome applies. */
const unproven: Fact = ({ location, wave, now, gate }) => {
  const { kind, reason, message, samples } = gate();
  if (kind === 'pass' || location.kind !== 'paused') return null;
  const { analysis } = wave;
  if (analysis.onInsufficient === 'rollback' && reason === 'TooFewRequests') return fail(reason, message, samples);
  const limitAt = later(location.pause.startedAt, wave.bakeStepMs + analysis.limitMs);
  if (now < limitAt && analysis.onInsufficient !== 'ask') return hold(reasonOf(kind), message, limitAt);
  return analysis.then === 'rollback' ? fail(reasonOf(kind), message, samples) : ask(reasonOf(kind), message);
};

const blocked: Fact = ({ blocker }) =>
  blocker === null ? null : hold(blocker.reason, blocker.message, blocker.wakeAt);

const passed: Fact = ({ run, indexed, gate }) => {
  const { message, samples } = gate();
  const next: Next = { kind: 'advance', goal: nextGoal(run.goal, indexed), deciding: samples };
  return { reason: 'StepPassed', message, wakeAt: null, next };
};

/** In order; the first that applies wins. */
export const facts: readonly (readonly [name: string, fact: Fact])[] = [
  ['newerEpoch', newerEpoch],
  ['unreachable', unreachable],
  ['gone', gone],
  ['foreign', foreign],
  ['invalid', invalid],
  ['aborted', aborted],
  ['timedOut', timedOut],
  ['exposedByHand', exposedByHand],
  ['aheadOfGoal', aheadOfGoal],
  ['deadlineExceeded', deadlineExceeded],
  ['halted', halted],
  ['onTheWay', onTheWay],
  ['sloFailed', sloFailed],
  ['promoted', promoted],
  ['baking', baking],
  ['tooEarly', tooEarly],
  ['unproven', unproven],
  ['blocked', blocked],
  ['passed', passed],
];

/** The finding about one target on its way forward. */
export function findTarget(input: TargetInput): Finding {
  for (const [name, fact] of facts) {
    const found = fact(input);
    if (found !== null) return { fact: name, ...found };
  }
  return { fact: 'none', ...hold('Waiting', 'nothing applies') };
}

function nextGoal(goal: Goal, indexed: IndexedTarget): Goal {
  if (goal.kind !== 'step') return goal;
  const step = goal.step + 1;
  return step < indexed.target.steps.length ? { kind: 'step', step } : { kind: 'promoted' };
}

function describeGoal(goal: Goal): string {
  return goal.kind === 'step' ? `step ${goal.step + 1}` : goal.kind;
}

function reasonOf(kind: Gate['kind']): string {
  return kind === 'missing' ? 'DataMissing' : 'DataInconclusive';
}

function messageOf(observed: ObservedTarget | 'absent'): string {
  return observed === 'absent' ? 'the Rollout is gone' : observed.message || observed.phase;
}
