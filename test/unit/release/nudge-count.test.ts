import { describe, expect, test } from 'vitest';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { decide } from '../../../src/release/decide.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import {
  aDecision,
  ago,
  answer,
  aRun,
  aSnapshot,
  aStatus,
  GLOBEX,
  goodAnswer,
  MINUTE_MS,
  NOW,
  PASSED,
  promotedRun,
  RUNNING,
  returningRun,
  runsOf,
} from './a-release.ts';
import { onNew, pausedAt, putBack } from './an-observed-target.ts';

/** Two nudges for the present goal, after three for those before it. */
const nudge = { attempt: 2, at: ago(4 * MINUTE_MS) };
const before = { nudges: 3 };
const bad = answer({ 'T-globex': { good: 100, total: 1000 } });

interface Row {
  readonly title: string;
  readonly run: TargetRun;
  readonly seen: ObservedTarget | 'absent' | undefined;
  readonly measurements?: ReturnType<typeof answer>;
  readonly isRollingBack?: boolean;
  readonly goal: TargetRun['goal'];
  readonly nudges: number;
}

/** The run of globex after one pass over the business wave. */
function afterPass({ run, seen, measurements = goodAnswer(), isRollingBack = false }: Row): TargetRun | undefined {
  const rollback = isRollingBack ? aDecision('wave') : null;
  const snapshot = aSnapshot({
    status: aStatus([PASSED, RUNNING], { rollback }),
    runs: runsOf(run),
    targets: new Map(seen === undefined ? [] : [[GLOBEX, seen]]),
    measurements,
  });
  return decide(snapshot, NOW).runs.find((one) => one.target === GLOBEX);
}

describe('nudges are added to the record', () => {
  const rows: readonly Row[] = [
    {
      title: 'with the next step',
      run: aRun(GLOBEX, before),
      seen: pausedAt(0, { nudge }),
      goal: { kind: 'step', step: 1 },
      nudges: 5,
    },
    {
      title: 'with the goal that is reached',
      run: aRun(GLOBEX, { goal: { kind: 'promoted' }, ...before }),
      seen: onNew({ nudge }),
      goal: { kind: 'promoted' },
      nudges: 5,
    },
    {
      title: 'with the failure that sends it back',
      run: aRun(GLOBEX, before),
      seen: pausedAt(0, { nudge }),
      measurements: bad,
      goal: { kind: 'restored' },
      nudges: 5,
    },
    {
      title: 'with the rollback of its wave',
      run: aRun(GLOBEX, before),
      seen: pausedAt(0, { nudge }),
      isRollingBack: true,
      goal: { kind: 'restored' },
      nudges: 5,
    },
    {
      title: 'with its return',
      run: returningRun(GLOBEX, { goalAt: ago(5 * MINUTE_MS), ...before }),
      seen: putBack({ nudge }),
      isRollingBack: true,
      goal: { kind: 'restored' },
      nudges: 5,
    },
    {
      title: 'but those of an earlier goal not once more',
      run: aRun(GLOBEX, { goalAt: ago(3 * MINUTE_MS), ...before }),
      seen: pausedAt(0, { nudge }),
      goal: { kind: 'step', step: 1 },
      nudges: 3,
    },
    {
      title: 'but those of a goal that was reached not once more',
      run: { ...promotedRun(GLOBEX), ...before },
      seen: onNew({ nudge: { attempt: 2, at: ago(35 * MINUTE_MS) } }),
      isRollingBack: true,
      goal: { kind: 'restored' },
      nudges: 3,
    },
    {
      title: 'and none of a target that is not seen',
      run: aRun(GLOBEX, before),
      seen: undefined,
      isRollingBack: true,
      goal: { kind: 'restored' },
      nudges: 3,
    },
  ];
  test.each(rows)('$title', (row) => {
    expect(afterPass(row)).toMatchObject({ goal: row.goal, nudges: row.nudges });
  });
});

test('a nudge alone is no reason to write', () => {
  const run = aRun(GLOBEX);
  const nothingNew = {
    title: '',
    run,
    seen: pausedAt(0, { nudge, pause: null, phase: 'Progressing', controllerPause: false }),
    goal: run.goal,
    nudges: 0,
  };
  expect(afterPass(nothingNew)).toBeUndefined();
});
