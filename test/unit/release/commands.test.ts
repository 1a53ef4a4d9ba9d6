import { describe, expect, test } from 'vitest';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import { type Action, chooseCommand } from '../../../src/release/commands.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import {
  ago,
  ahead,
  aRun,
  indexedTarget,
  MINUTE_MS,
  NEW,
  NOW,
  OLD,
  POOL,
  RELEASE,
  returningRun,
  SECOND_MS,
} from './a-release.ts';
import { aPause, moving, onNew, onOld, pausedAt, putBack, written } from './an-observed-target.ts';

interface Row {
  readonly title: string;
  readonly run: TargetRun;
  readonly observed: ObservedTarget | 'absent';
  /** @default true */
  readonly mayWiden?: boolean;
  /** @default 0 */
  readonly patienceMs?: number;
  readonly action: Action | null;
  /** Checked where it is given. */
  readonly wakeAt?: Instant | null;
}

const pause = aPause(ago(4 * MINUTE_MS));
const toStep = (step: number, parts: Partial<TargetRun> = {}) => aRun(POOL, { goal: { kind: 'step', step }, ...parts });
const toPromoted = (parts: Partial<TargetRun> = {}) => aRun(POOL, { goal: { kind: 'promoted' }, ...parts });
const firstDeploy = { previous: { kind: 'nothing' }, revision: null } as const;

function choose({ run, observed, mayWiden = true, patienceMs = 0 }: Omit<Row, 'title' | 'action'>, now = NOW) {
  const indexed = indexedTarget(POOL);
  return chooseCommand({ now, release: RELEASE, epoch: 3, indexed, run, observed, mayWiden, patienceMs });
}

function holds(rows: readonly Row[]): void {
  test.each(rows)('$title', ({ action, wakeAt, ...row }) => {
    const choice = choose(row);
    expect(choice.command?.action ?? null).toEqual(action);
    if (wakeAt !== undefined) expect(choice.wakeAt).toBe(wakeAt);
    if (choice.command === null) return;
    expect(choice.command).toMatchObject({ target: POOL, epoch: 3 });
    expect(choice.command.basis).toBe(row.observed === 'absent' ? null : row.observed);
  });
}

describe('forward', () => {
  holds([
    {
      title: 'a first deploy is created',
      run: toPromoted(firstDeploy),
      observed: 'absent',
      action: { kind: 'create' },
    },
    { title: 'a Rollout that was deleted is not made again', run: toStep(0), observed: 'absent', action: null },
    {
      title: 'the template is written over the recorded revision',
      run: toStep(0, { revision: null }),
      observed: onOld(),
      action: { kind: 'writeTemplate' },
    },
    {
      title: 'the template is not written over another stable revision',
      run: toStep(0, { revision: null }),
      observed: onOld({ stableHash: 'third', currentHash: 'third' }),
      action: null,
    },
    {
      title: 'the template is not written over somebody’s update',
      run: toStep(0, { revision: null }),
      observed: onOld({ currentHash: 'third' }),
      action: null,
    },
    {
      title: 'the template is not written where a Rollout came up beside a first deploy',
      run: toPromoted(firstDeploy),
      observed: onOld(),
      action: null,
    },
    { title: 'the pause of the goal is left alone', run: toStep(0), observed: pausedAt(0), action: null, wakeAt: null },
    {
      title: 'the pause before the goal is resumed, and no other',
      run: toStep(1),
      observed: pausedAt(0),
      action: { kind: 'resume', step: 0, pause },
    },
    {
      title: 'the last pause is resumed for a promotion',
      run: toPromoted(),
      observed: pausedAt(1),
      action: { kind: 'resume', step: 1, pause },
    },
    { title: 'a pause beyond the goal is not resumed', run: toStep(0), observed: pausedAt(1), action: null },
    {
      title: 'a pause of an analysis is not resumed',
      run: toStep(1),
      observed: pausedAt(0, { pause: aPause(ago(MINUTE_MS), 'InconclusiveAnalysisRun') }),
      action: null,
    },
    {
      title: 'a stranger’s template is not overwritten',
      run: toStep(0),
      observed: moving({ templateDigest: 'theirs' }),
      action: null,
    },
    {
      title: 'an abort by the cluster is not undone',
      run: toStep(1),
      observed: moving({ abort: true, abortedAt: true }),
      action: null,
    },
    { title: 'a promoted target needs nothing', run: toPromoted(), observed: onNew(), action: null, wakeAt: null },
  ]);
});

describe('while exposure may not widen', () => {
  const rows: readonly Row[] = [
    { title: 'nothing is created', run: toPromoted(firstDeploy), observed: 'absent', action: null },
    { title: 'no template is written', run: toStep(0, { revision: null }), observed: onOld(), action: null },
    { title: 'no pause is resumed', run: toPromoted(), observed: pausedAt(1), action: null },
    { title: 'no lost resume is nudged', run: toStep(1), observed: pausedAt(0, { pause: null }), action: null },
    { title: 'no lost template is nudged', run: toStep(0, { revision: null }), observed: written(), action: null },
    {
      title: 'a canary is aborted all the same',
      run: returningRun(POOL),
      observed: pausedAt(0),
      action: { kind: 'abort' },
    },
    {
      title: 'a lost abort is nudged all the same',
      run: returningRun(POOL),
      observed: putBack({ stableHash: OLD, currentHash: NEW, isObserved: false, abort: true }),
      action: { kind: 'nudge', effect: 'abort', attempt: 1, at: NOW },
    },
  ];
  holds(rows.map((row) => ({ ...row, mayWiden: false, wakeAt: null })));
});

describe('back', () => {
  const restore: Action = { kind: 'restoreTemplate', hash: OLD };
  const noRoom = { phase: 'Progressing', replicaFailure: 'exceeded quota' } as const;
  holds([
    {
      title: 'a target that was not written yet needs nothing',
      run: returningRun(POOL),
      observed: onOld(),
      action: null,
    },
    { title: 'mid-canary: abort first', run: returningRun(POOL), observed: pausedAt(0), action: { kind: 'abort' } },
    { title: 'pods on the move: abort first', run: returningRun(POOL), observed: moving(), action: { kind: 'abort' } },
    {
      title: 'our template just written: abort first',
      run: returningRun(POOL, { revision: null }),
      observed: written(),
      action: { kind: 'abort' },
    },
    {
      title: 'mid-canary with the abort asked for: its effect is waited for, and nudged',
      run: returningRun(POOL),
      observed: pausedAt(0, { abort: true }),
      action: { kind: 'nudge', effect: 'abort', attempt: 1, at: NOW },
    },
    {
      title: 'an abort that four nudges did not bring about: the old template all the same',
      run: returningRun(POOL),
      observed: pausedAt(0, { abort: true, nudge: { attempt: 4, at: NOW } }),
      action: restore,
    },
    {
      title: 'mid-canary and aborted: the old template',
      run: returningRun(POOL),
      observed: pausedAt(0, { abort: true, abortedAt: true }),
      action: restore,
    },
    {
      title: 'aborted by the cluster: the old template, so that it ends Healthy',
      run: returningRun(POOL),
      observed: moving({ abort: true, abortedAt: true, phase: 'Degraded' }),
      action: restore,
    },
    { title: 'promoted: the old template', run: returningRun(POOL), observed: onNew(), action: restore },
    {
      title: 'promoted and it walks the steps on the old hash: promoteFull',
      run: returningRun(POOL),
      observed: putBack({ stableHash: NEW, stepIndex: 1, pause }),
      action: { kind: 'promoteFull' },
    },
    {
      title: 'InvalidSpec: the old template without waiting for an abort',
      run: returningRun(POOL),
      observed: moving({ isInvalidSpec: true, phase: 'Degraded' }),
      action: restore,
    },
    {
      title: 'paused by hand: the old template at once, which lifts the pause that an abort would wait behind',
      run: returningRun(POOL),
      observed: moving({ isPausedBySpec: true, phase: 'Paused' }),
      action: restore,
    },
    {
      title: 'no room for the old pods: maxUnavailable is raised',
      run: returningRun(POOL),
      observed: putBack(noRoom),
      action: { kind: 'makeRoom' },
    },
    {
      title: 'no room for the old pods while the new revision is still stable: maxUnavailable is raised',
      run: returningRun(POOL),
      observed: putBack({ ...noRoom, stableHash: NEW, stepIndex: 4 }),
      action: { kind: 'makeRoom' },
    },
    {
      title: 'room was made once: not again',
      run: returningRun(POOL),
      observed: putBack({ ...noRoom, hasRoomMade: true }),
      action: { kind: 'nudge', effect: 'progress', attempt: 1, at: NOW },
    },
    {
      title: 'first deploy: nothing to put back',
      run: returningRun(POOL, { previous: { kind: 'nothing' } }),
      observed: onNew(),
      action: null,
      wakeAt: null,
    },
    { title: 'gone: nothing to put back', run: returningRun(POOL), observed: 'absent', action: null, wakeAt: null },
    {
      title: 'another release has taken over: hands off',
      run: returningRun(POOL),
      observed: onOld({ release: 'storefront-3', currentHash: 'third', stableHash: 'third' }),
      action: null,
      wakeAt: null,
    },
    { title: 'back under our epoch: done', run: returningRun(POOL), observed: putBack(), action: null, wakeAt: null },
    {
      title: 'back under an older daemon’s epoch: claimed, so that its late writes are refused',
      run: returningRun(POOL),
      observed: putBack({ epoch: 2 }),
      action: { kind: 'claim' },
    },
    {
      title: 'back without any epoch: claimed',
      run: returningRun(POOL),
      observed: onOld({ epoch: null }),
      action: { kind: 'claim' },
    },
  ]);
});

describe('a status patch cannot raise the epoch, so the claim goes first', () => {
  const claim: Action = { kind: 'claim' };
  holds([
    { title: 'before a resume', run: toStep(1), observed: pausedAt(0, { epoch: 2 }), action: claim },
    { title: 'before an abort', run: returningRun(POOL), observed: pausedAt(0, { epoch: 2 }), action: claim },
    {
      title: 'before an abort where no epoch stands',
      run: returningRun(POOL),
      observed: pausedAt(0, { epoch: null }),
      action: claim,
    },
    {
      title: 'before a promoteFull',
      run: returningRun(POOL),
      observed: putBack({ stableHash: NEW, stepIndex: 1, pause, epoch: 2 }),
      action: claim,
    },
    {
      title: 'not before a template, which raises it in the same write',
      run: toStep(0, { revision: null }),
      observed: onOld({ epoch: 2 }),
      action: { kind: 'writeTemplate' },
    },
    {
      title: 'not before the old template',
      run: returningRun(POOL),
      observed: onNew({ epoch: null }),
      action: { kind: 'restoreTemplate', hash: OLD },
    },
  ]);
});

describe('where a newer daemon has acted', () => {
  holds([
    { title: 'nothing goes forward', run: toStep(1), observed: pausedAt(0, { epoch: 4 }), action: null, wakeAt: null },
    { title: 'nothing is nudged', run: toStep(0), observed: written({ epoch: 4 }), action: null, wakeAt: null },
    { title: 'nothing goes back', run: returningRun(POOL), observed: onNew({ epoch: 4 }), action: null, wakeAt: null },
  ]);
});

describe('a command without its effect', () => {
  const since = (ms: number) => ({ goalAt: ago(ms) });
  const nudge = (effect: string, attempt: number): Action => ({ kind: 'nudge', effect, attempt, at: NOW });
  const resuming = (parts: Partial<ObservedTarget> = {}) => pausedAt(0, { pause: null, ...parts });
  holds([
    {
      title: 'is given a second',
      run: toStep(1, since(999)),
      observed: resuming(),
      action: null,
      wakeAt: ahead(1),
    },
    {
      title: 'is nudged after a second',
      run: toStep(1, since(1_000)),
      observed: resuming(),
      action: nudge('resume', 1),
    },
    {
      title: 'is a template that the controller has not seen',
      run: toStep(0, { ...since(1_000), revision: null }),
      observed: written(),
      action: nudge('template', 1),
    },
    {
      title: 'is the old template that the controller has not seen',
      run: returningRun(POOL, since(1_000)),
      observed: putBack({ currentHash: NEW, stableHash: NEW, isObserved: false }),
      action: nudge('template', 1),
    },
    {
      title: 'is an abort that stands in the object only',
      run: returningRun(POOL, since(1_000)),
      observed: putBack({ currentHash: NEW, isObserved: false, abort: true }),
      action: nudge('abort', 1),
    },
    {
      title: 'is a promoteFull that moves nothing',
      run: returningRun(POOL, since(1_000)),
      observed: putBack({ stableHash: NEW, stepIndex: 1, pause, promoteFull: true }),
      action: nudge('promoteFull', 1),
    },
    {
      title: 'is nudged again a second after the first nudge',
      run: toStep(1, since(MINUTE_MS)),
      observed: resuming({ nudge: { attempt: 1, at: ago(1_000) } }),
      action: nudge('resume', 2),
    },
    {
      title: 'is left to a slow controller for longer',
      run: toStep(1, { goalAt: ago(1_000) }),
      observed: resuming(),
      patienceMs: 4_000,
      action: null,
      wakeAt: ahead(3_000),
    },
    {
      title: 'is nudged after that, however slow the controller is',
      run: toStep(1, { goalAt: ago(4_000) }),
      observed: resuming(),
      patienceMs: 4_000,
      action: nudge('resume', 1),
    },
    {
      title: 'is not nudged again before that',
      run: toStep(1, since(MINUTE_MS)),
      observed: resuming({ nudge: { attempt: 1, at: ago(999) } }),
      action: null,
      wakeAt: ahead(1),
    },
    {
      title: 'is nudged at growing gaps from the second nudge on',
      run: toStep(1, since(MINUTE_MS)),
      observed: resuming({ nudge: { attempt: 2, at: ago(1_500) } }),
      action: null,
      wakeAt: ahead(500),
    },
    {
      title: 'is nudged every half minute in the end',
      run: toStep(1, since(60 * MINUTE_MS)),
      observed: resuming({ nudge: { attempt: 40, at: ago(10_000) } }),
      action: null,
      wakeAt: ahead(20_000),
    },
    {
      title: 'does not take a nudge from before its goal for its own',
      run: toStep(1, since(500)),
      observed: resuming({ nudge: { attempt: 7, at: ago(MINUTE_MS) } }),
      action: null,
      wakeAt: ahead(500),
    },
    {
      title: 'may be pods that stand, nudged after twenty seconds',
      run: toStep(0, since(20 * SECOND_MS)),
      observed: moving(),
      action: nudge('progress', 1),
    },
    {
      title: 'is not seen in pods that move for less',
      run: toStep(0, since(20 * SECOND_MS - 1)),
      observed: moving(),
      action: null,
      wakeAt: ahead(1),
    },
    {
      title: 'may be a promoted target that does not get healthy',
      run: toPromoted(since(20 * SECOND_MS)),
      observed: onNew({ phase: 'Progressing' }),
      action: nudge('progress', 1),
    },
    {
      title: 'may be old pods that do not come',
      run: returningRun(POOL, since(20 * SECOND_MS)),
      observed: putBack({ phase: 'Progressing' }),
      action: nudge('progress', 1),
    },
    {
      title: 'is none where pods stood still: half a minute between nudges',
      run: toStep(0, since(60 * MINUTE_MS)),
      observed: moving({ nudge: { attempt: 1, at: ago(30 * SECOND_MS) } }),
      action: nudge('progress', 2),
    },
  ]);

  test('is never nudged before it is due, whatever the attempt', () => {
    let previous: ObservedTarget['nudge'] = null;
    const gaps: number[] = [];
    const run = toStep(1, since(0));
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      const observed = resuming({ nudge: previous });
      const { wakeAt } = choose({ run, observed }, previous?.at ?? NOW);
      gaps.push(wakeAt! - (previous?.at ?? NOW));
      expect(choose({ run, observed }, later(wakeAt!, -1)).command).toBeNull();
      expect(choose({ run, observed }, wakeAt!).command?.action).toMatchObject({ kind: 'nudge', attempt });
      previous = { attempt, at: wakeAt! };
    }
    expect(gaps.map((gap) => gap / SECOND_MS)).toEqual([1, 1, 2, 4, 8, 16, 30, 30, 30]);
  });
});
