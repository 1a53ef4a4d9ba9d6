import { describe, expect, test } from 'vitest';
import type { PlanWave } from '../../../src/domain/plan.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import type { AnalysisPolicy } from '../../../src/domain/wave-plan.ts';
import type { Blocker } from '../../../src/release/blockers.ts';
import { facts, findTarget, type Next, type TargetInput } from '../../../src/release/facts.ts';
import type { Gate } from '../../../src/release/gate.ts';
import { locate } from '../../../src/release/location.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import type { ClusterState } from '../../../src/release/snapshot.ts';
import {
  ANALYSIS,
  ago,
  ahead,
  aRun,
  aWave,
  indexedTarget,
  MINUTE_MS,
  NOW,
  POOL,
  RELEASE,
  SECOND_MS,
} from './a-release.ts';
import { aPause, moving, onNew, pausedAt, written } from './an-observed-target.ts';

interface Row {
  readonly title: string;
  readonly run?: Partial<TargetRun>;
  readonly wave?: Partial<PlanWave>;
  readonly analysis?: Partial<AnalysisPolicy>;
  readonly observed: ObservedTarget | 'absent';
  readonly cluster?: ClusterState;
  readonly blocker?: Blocker;
  readonly gate?: Partial<Gate>;
  readonly fact: string;
  readonly reason: string;
  readonly next: Next['kind'];
  /** Checked where it is given. */
  readonly wakeAt?: Instant | null;
}

const PASS: Gate = { kind: 'pass', reason: 'WithinObjective', message: 'fine', lookAt: null, samples: [] };
const FAIL = { kind: 'fail', reason: 'MoreBadEventsThanExplained' } as const;
const MISSING = { kind: 'missing', reason: 'SourceUnavailable' } as const;
const TOO_FEW = { kind: 'inconclusive', reason: 'TooFewRequests' } as const;
const FROZEN: Blocker = { reason: 'Frozen', message: 'freeze', wakeAt: ahead(MINUTE_MS) };
const DEADLINE_MS = 10 * MINUTE_MS;

const stale = (sinceAt: Instant): ClusterState => ({ kind: 'stale', sinceAt, message: 'timeout' });

const rows: readonly Row[] = [
  {
    title: 'a newer daemon has acted here: a person is asked, nothing fails',
    observed: pausedAt(0, { epoch: 4 }),
    fact: 'newerEpoch',
    reason: 'NewerEpoch',
    next: 'ask',
  },
  {
    title: 'a newer daemon that rewrote the template is not a stranger',
    observed: pausedAt(0, { epoch: 4, templateDigest: 'theirs' }),
    fact: 'newerEpoch',
    reason: 'NewerEpoch',
    next: 'ask',
  },
  {
    title: 'our own epoch and older ones speak against nothing',
    observed: pausedAt(0, { epoch: 2 }),
    fact: 'passed',
    reason: 'StepPassed',
    next: 'advance',
  },
  {
    title: 'an unreachable cluster holds until the target deadline after it was lost',
    run: { goalAt: ago(5 * MINUTE_MS) },
    observed: pausedAt(0),
    cluster: stale(ago(MINUTE_MS)),
    fact: 'unreachable',
    reason: 'ClusterUnreachable',
    next: 'hold',
    wakeAt: later(ago(MINUTE_MS), DEADLINE_MS + 1),
  },
  {
    title: 'an unreachable cluster fails its target past the deadline',
    run: { goalAt: ago(30 * MINUTE_MS) },
    observed: pausedAt(0),
    cluster: stale(ago(DEADLINE_MS + 1)),
    fact: 'unreachable',
    reason: 'ClusterUnreachable',
    next: 'fail',
  },
  {
    title: 'a target that has arrived is not failed for its cluster, however long it is away',
    run: { goal: { kind: 'promoted' }, goalAt: ago(30 * MINUTE_MS), reachedAt: ago(25 * MINUTE_MS) },
    observed: onNew(),
    cluster: stale(ago(DEADLINE_MS + 1)),
    fact: 'unreachable',
    reason: 'ClusterUnreachable',
    next: 'hold',
  },
  {
    title: 'a goal younger than the outage has the whole deadline',
    run: { goalAt: ago(MINUTE_MS) },
    observed: pausedAt(0),
    cluster: stale(ago(60 * MINUTE_MS)),
    fact: 'unreachable',
    reason: 'ClusterUnreachable',
    next: 'hold',
    wakeAt: later(ago(MINUTE_MS), DEADLINE_MS + 1),
  },
  {
    title: 'what an unreachable cluster showed last accuses nobody',
    observed: pausedAt(0, { templateDigest: 'theirs' }),
    cluster: stale(ago(MINUTE_MS)),
    fact: 'unreachable',
    reason: 'ClusterUnreachable',
    next: 'hold',
  },
  {
    title: 'a Rollout that was there and is deleted fails',
    observed: 'absent',
    fact: 'gone',
    reason: 'TargetGone',
    next: 'fail',
  },
  {
    title: 'a first deploy that is not created yet is on its way',
    run: { goal: { kind: 'promoted' }, previous: { kind: 'nothing' }, revision: null },
    observed: 'absent',
    fact: 'onTheWay',
    reason: 'Moving',
    next: 'hold',
  },
  {
    title: 'a stranger changed the template under our release',
    observed: pausedAt(0, { templateDigest: 'theirs' }),
    fact: 'foreign',
    reason: 'ForeignTemplate',
    next: 'fail',
  },
  {
    title: 'a stranger changed the canary steps under our release',
    observed: pausedAt(0, { stepsDigest: 'theirs' }),
    fact: 'foreign',
    reason: 'ForeignTemplate',
    next: 'fail',
  },
  {
    title: 'a template that we have not written yet is nobody else’s fault',
    observed: written({ release: 'storefront-1', templateDigest: 'old' }),
    run: { revision: null },
    fact: 'onTheWay',
    reason: 'Moving',
    next: 'hold',
  },
  {
    title: 'a spec that Argo refuses fails with its message',
    observed: moving({ isInvalidSpec: true, phase: 'Degraded', message: 'template missing' }),
    fact: 'invalid',
    reason: 'InvalidSpec',
    next: 'fail',
  },
  {
    title: 'an abort by the cluster’s own guard fails the target',
    observed: moving({ abort: true, abortedAt: true, message: 'metric failed' }),
    fact: 'aborted',
    reason: 'AbortedByCluster',
    next: 'fail',
  },
  {
    title: 'an abort that the controller has not carried out yet fails it too',
    observed: pausedAt(0, { abort: true }),
    fact: 'aborted',
    reason: 'AbortedByCluster',
    next: 'fail',
  },
  {
    title: 'pods that never get ready fail at Argo’s deadline',
    observed: moving({ deadlineExceeded: true, phase: 'Degraded' }),
    fact: 'timedOut',
    reason: 'ProgressDeadlineExceeded',
    next: 'fail',
  },
  {
    title: 'a later pause than the goal: somebody resumed by hand',
    observed: pausedAt(1),
    fact: 'aheadOfGoal',
    reason: 'AheadOfGoal',
    next: 'ask',
  },
  {
    title: 'on the new version though the goal is a step: somebody promoted by hand',
    observed: onNew(),
    fact: 'aheadOfGoal',
    reason: 'AheadOfGoal',
    next: 'ask',
  },
  {
    title: 'promoted by hand, its tenants are hurt: that is no question any more',
    observed: onNew(),
    gate: FAIL,
    fact: 'exposedByHand',
    reason: 'SloFailed',
    next: 'fail',
  },
  {
    title: 'being ahead is a question to a person, not a missed deadline',
    run: { goalAt: ago(DEADLINE_MS + 1) },
    observed: pausedAt(1),
    fact: 'aheadOfGoal',
    reason: 'AheadOfGoal',
    next: 'ask',
  },
  {
    title: 'a move that takes longer than the deadline fails',
    run: { goalAt: ago(DEADLINE_MS + 1) },
    observed: moving(),
    fact: 'deadlineExceeded',
    reason: 'DeadlineExceeded',
    next: 'fail',
  },
  {
    title: 'a move at the very deadline is still on its way',
    run: { goalAt: ago(DEADLINE_MS) },
    observed: moving(),
    fact: 'onTheWay',
    reason: 'Moving',
    next: 'hold',
    wakeAt: ahead(1),
  },
  {
    title: 'the wait at a gate does not count against the deadline',
    run: { goalAt: ago(DEADLINE_MS + 1) },
    observed: pausedAt(0),
    gate: MISSING,
    fact: 'unproven',
    reason: 'DataMissing',
    next: 'hold',
  },
  {
    title: 'unhealthy again after the goal was reached is no missed deadline',
    run: { goal: { kind: 'promoted' }, goalAt: ago(DEADLINE_MS + 1), reachedAt: ago(MINUTE_MS) },
    observed: onNew({ phase: 'Degraded' }),
    fact: 'onTheWay',
    reason: 'Moving',
    next: 'hold',
  },
  {
    title: 'an inconclusive analysis of the cluster asks a person',
    observed: pausedAt(0, { pause: aPause(ago(MINUTE_MS), 'InconclusiveAnalysisRun') }),
    fact: 'halted',
    reason: 'InconclusiveAnalysisRun',
    next: 'ask',
  },
  {
    title: 'a pause by hand asks a person',
    observed: moving({ isPausedBySpec: true }),
    fact: 'halted',
    reason: 'PausedByHand',
    next: 'ask',
  },
  {
    title: 'a pause by hand that outlasts the deadline fails',
    run: { goalAt: ago(DEADLINE_MS + 1) },
    observed: moving({ isPausedBySpec: true }),
    fact: 'deadlineExceeded',
    reason: 'DeadlineExceeded',
    next: 'fail',
  },
  {
    title: 'a target on the move is looked at again when its deadline is over',
    run: { goalAt: ago(MINUTE_MS) },
    observed: moving(),
    fact: 'onTheWay',
    reason: 'Moving',
    next: 'hold',
    wakeAt: later(ago(MINUTE_MS), DEADLINE_MS + 1),
  },
  {
    title: 'data about pods that still move open no gate and fail nothing',
    observed: moving(),
    gate: FAIL,
    fact: 'onTheWay',
    reason: 'Moving',
    next: 'hold',
  },
  {
    title: 'an SLO that fails does not wait for the bake',
    observed: pausedAt(0, { pause: aPause(ago(80 * SECOND_MS)) }),
    gate: FAIL,
    fact: 'sloFailed',
    reason: 'SloFailed',
    next: 'fail',
  },
  {
    title: 'an SLO that fails does not wait for a freeze to end',
    observed: pausedAt(0),
    gate: FAIL,
    blocker: FROZEN,
    fact: 'sloFailed',
    reason: 'SloFailed',
    next: 'fail',
  },
  {
    title: 'an SLO that fails after the promotion fails the target',
    run: { goal: { kind: 'promoted' }, reachedAt: ago(MINUTE_MS) },
    observed: onNew(),
    gate: FAIL,
    fact: 'sloFailed',
    reason: 'SloFailed',
    next: 'fail',
  },
  {
    title: 'a promoted target has settled, and its data are looked at when they can be there',
    run: { goal: { kind: 'promoted' } },
    observed: onNew(),
    gate: { kind: 'early', reason: 'TooEarly', lookAt: ahead(MINUTE_MS) },
    fact: 'promoted',
    reason: 'Promoted',
    next: 'settled',
    wakeAt: ahead(MINUTE_MS),
  },
  {
    title: 'a freeze does not unsettle a promoted target',
    run: { goal: { kind: 'promoted' } },
    observed: onNew(),
    blocker: FROZEN,
    fact: 'promoted',
    reason: 'Promoted',
    next: 'settled',
  },
  {
    title: 'a step bakes although its data are good already',
    observed: pausedAt(0, { pause: aPause(ago(90 * SECOND_MS)) }),
    fact: 'baking',
    reason: 'Baking',
    next: 'hold',
    wakeAt: ahead(30 * SECOND_MS),
  },
  {
    title: 'a baking step is looked at as soon as data can fail it',
    observed: pausedAt(0, { pause: aPause(ago(10 * SECOND_MS)) }),
    gate: { kind: 'early', reason: 'TooEarly', lookAt: ahead(60 * SECOND_MS) },
    fact: 'baking',
    reason: 'Baking',
    next: 'hold',
    wakeAt: ahead(60 * SECOND_MS),
  },
  {
    title: 'missing data count only once the step is baked',
    observed: pausedAt(0, { pause: aPause(ago(90 * SECOND_MS)) }),
    analysis: { onInsufficient: 'ask' },
    gate: MISSING,
    fact: 'baking',
    reason: 'Baking',
    next: 'hold',
  },
  {
    title: 'a baked step without data newer than it waits for them',
    observed: pausedAt(0),
    gate: { kind: 'early', reason: 'TooEarly', lookAt: ahead(5 * SECOND_MS) },
    fact: 'tooEarly',
    reason: 'TooEarly',
    next: 'hold',
    wakeAt: ahead(5 * SECOND_MS),
  },
  {
    title: 'missing data hold until the limit',
    observed: pausedAt(0),
    gate: MISSING,
    fact: 'unproven',
    reason: 'DataMissing',
    next: 'hold',
    wakeAt: later(ago(4 * MINUTE_MS), 12 * MINUTE_MS),
  },
  {
    title: 'inconclusive data hold until the limit',
    observed: pausedAt(0),
    gate: TOO_FEW,
    fact: 'unproven',
    reason: 'DataInconclusive',
    next: 'hold',
    wakeAt: later(ago(4 * MINUTE_MS), 12 * MINUTE_MS),
  },
  {
    title: 'at the limit a person is asked',
    observed: pausedAt(0, { pause: aPause(ago(12 * MINUTE_MS)) }),
    gate: MISSING,
    fact: 'unproven',
    reason: 'DataMissing',
    next: 'ask',
  },
  {
    title: 'at the limit the target fails where the policy says so',
    observed: pausedAt(0, { pause: aPause(ago(12 * MINUTE_MS)) }),
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the domain; never awaited
    analysis: { then: 'rollback' },
    gate: TOO_FEW,
    fact: 'unproven',
    reason: 'DataInconclusive',
    next: 'fail',
  },
  {
    title: 'a policy that asks does not wait for the limit',
    observed: pausedAt(0),
    analysis: { onInsufficient: 'ask' },
    gate: TOO_FEW,
    fact: 'unproven',
    reason: 'DataInconclusive',
    next: 'ask',
  },
  {
    title: 'too little traffic rolls back at once where the policy says so',
    observed: pausedAt(0),
    analysis: { onInsufficient: 'rollback' },
    gate: TOO_FEW,
    fact: 'unproven',
    reason: 'TooFewRequests',
    next: 'fail',
  },
  {
    title: 'an outage of the source is not too little traffic',
    observed: pausedAt(0),
    analysis: { onInsufficient: 'rollback' },
    gate: MISSING,
    fact: 'unproven',
    reason: 'DataMissing',
    next: 'hold',
  },
  {
    title: 'missing data hold under a freeze as well',
    observed: pausedAt(0),
    gate: MISSING,
    blocker: FROZEN,
    fact: 'unproven',
    reason: 'DataMissing',
    next: 'hold',
  },
  {
    title: 'a proven step waits for a freeze to end',
    observed: pausedAt(0),
    blocker: FROZEN,
    fact: 'blocked',
    reason: 'Frozen',
    next: 'hold',
    wakeAt: ahead(MINUTE_MS),
  },
  {
    title: 'a proven, baked, unblocked step passes',
    observed: pausedAt(0),
    fact: 'passed',
    reason: 'StepPassed',
    next: 'advance',
  },
];

function inputOf(row: Row): TargetInput {
  const run = aRun(POOL, row.run);
  const indexed = indexedTarget(POOL);
  return {
    now: NOW,
    indexed,
    wave: aWave('free', [], { analysis: { ...ANALYSIS, ...row.analysis }, ...row.wave }),
    run,
    observed: row.observed,
    location: locate(run, indexed, row.observed, RELEASE),
    cluster: row.cluster ?? { kind: 'fresh' },
    epoch: 3,
    blocker: row.blocker ?? null,
    gate: () => ({ ...PASS, ...row.gate }),
  };
}

describe('the first fact that applies', () => {
  test.each(rows)('$title', (row) => {
    const found = findTarget(inputOf(row));
    expect([found.fact, found.reason, found.next.kind]).toEqual([row.fact, row.reason, row.next]);
    if (row.wakeAt !== undefined) expect(found.wakeAt).toBe(row.wakeAt);
  });

  test('every fact is shown by a row', () => {
    expect(new Set(rows.map((row) => row.fact))).toEqual(new Set(facts.map(([name]) => name)));
  });
});

describe('a step that passed leads to', () => {
  const samples = [{ slo: 'availability', verdict: 'pass', good: 990, total: 1000, objective: 0.99 }] as const;
  const nextAfter = (step: number) =>
    findTarget(
      inputOf({
        title: '',
        run: { goal: { kind: 'step', step } },
        observed: pausedAt(step),
        gate: { samples },
        fact: '',
        reason: '',
        next: 'advance',
      }),
    ).next;

  test('the next step, with the samples that decided', () => {
    expect(nextAfter(0)).toEqual({ kind: 'advance', goal: { kind: 'step', step: 1 }, deciding: samples });
  });

  test('the promotion, after the last step', () => {
    expect(nextAfter(1)).toEqual({ kind: 'advance', goal: { kind: 'promoted' }, deciding: samples });
  });
});

test('the gate is not asked before the goal is reached', () => {
  const input = inputOf({ title: '', observed: moving(), fact: '', reason: '', next: 'hold' });
  const gate = (): Gate => {
    throw new Error('asked too early');
  };
  expect(findTarget({ ...input, gate }).fact).toBe('onTheWay');
});

test('messages say who, how long, and where it stands', () => {
  const messageOf = (row: Omit<Row, 'title' | 'fact' | 'reason' | 'next'>) =>
    findTarget(inputOf({ ...row, title: '', fact: '', reason: '', next: 'hold' })).message;
  expect(messageOf({ observed: moving(), run: { goalAt: ago(DEADLINE_MS + 1) } })).toBe('not there after 10m (moving)');
  expect(messageOf({ observed: moving() })).toBe('on the way to step 1 (moving)');
  expect(messageOf({ observed: onNew(), run: { goal: { kind: 'promoted' } } })).toBe('pool-free is on the new version');
  expect(messageOf({ observed: pausedAt(0), cluster: stale(ago(MINUTE_MS)) })).toBe('eu: timeout');
  expect(messageOf({ observed: moving({ isInvalidSpec: true, message: '', phase: 'Degraded' }) })).toBe('Degraded');
});
