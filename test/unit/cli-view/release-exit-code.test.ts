import { describe, expect, it } from 'vitest';
import { releaseExitCode, timeoutExitCode } from '../../../src/cli/release/release-exit-code.ts';
import type { ReleasePhase, ReleaseStatus } from '../../../src/domain/release-status.ts';
import { instant } from '../../../src/domain/time.ts';
import { decide } from '../../../src/release/decide.ts';
import {
  ago,
  answer,
  aSnapshot,
  aStatus,
  BAKING,
  GLOBEX,
  HOOLI,
  INITECH,
  MINUTE_MS,
  NOW,
  PASSED,
  promotedRun,
  runsOf,
} from '../release/a-release.ts';
import { onNew } from '../release/an-observed-target.ts';

const status = (phase: ReleasePhase, ...reasons: readonly string[]): ReleaseStatus => ({
  phase,
  planHash: null,
  message: '',
  waves: [],
  waitingFor: reasons.map((reason) => ({ reason, message: reason })),
  rollback: null,
  handledRequests: [],
  timeline: [],
  finishedAt: null,
});

/** Its wave's clock stands, as for a question. */
const asking = (...reasons: readonly string[]): ReleaseStatus => {
  const blockedSince = instant(0);
  const wave = { name: 'free', startedAt: blockedSince, bakingSince: null, passedAt: null, blockedSince, blockedMs: 0 };
  return { ...status('Running', ...reasons), waves: [{ ...wave, phase: 'Running' }] };
};

describe('the exit code of a release', () => {
  it.each([
    ['that no daemon has seen', null, 11],
    ['that goes on', status('Running'), 11],
    ['that waits for its preflight', status('Pending', 'PreflightPending'), 11],
    ['that waits for a window', status('Running', 'WindowClosed'), 11],
    ['that waits for an approval', status('Running', 'ApprovalRequired'), 10],
    ['whose target somebody promoted by hand', status('Running', 'AheadOfGoal'), 10],
    ['that is frozen while it waits for an approval', status('Running', 'ApprovalRequired', 'Frozen'), 20],
    ['that holds for data that may still come', status('Running', 'DataMissing'), 11],
    ['that asks what to do without data', asking('DataMissing'), 10],
    ['that asks what to do with data that prove nothing', asking('DataInconclusive'), 10],
    ['that holds for data while its window is closed', asking('DataMissing', 'WindowClosed'), 11],
    ['that goes back', status('RollingBack'), 11],
    ['that is done', status('Completed'), 0],
    ['that went back', status('RolledBack'), 30],
    ['that could not go back everywhere', status('RollbackIncomplete'), 31],
    ['that was refused', status('Refused'), 50],
  ])('%s', (_, given, code) => {
    expect(releaseExitCode(given)).toBe(code);
  });

  it.each([
    ['that still goes back: the rollback is not complete', status('RollingBack'), 31],
    ['that holds for data: inconclusive', status('Running', 'DataMissing'), 40],
    ['that asks what to do without data: a person', asking('DataMissing'), 10],
    [
      'that is frozen and has no data: the freeze is what a person can lift',
      status('Running', 'DataMissing', 'Frozen'),
      20,
    ],
    ['that just goes on', status('Running'), 11],
  ])('after the time is up, %s', (_, given, code) => {
    expect(timeoutExitCode(given)).toBe(code);
  });
});

describe('a wave without data', () => {
  const decided = (bakedAgoMs: number) => {
    const wave = { ...BAKING, bakingSince: ago(5 * MINUTE_MS + bakedAgoMs) };
    const ids = [GLOBEX, HOOLI, INITECH];
    const snapshot = aSnapshot({
      status: aStatus([PASSED, wave]),
      runs: runsOf(...ids.map((id) => promotedRun(id))),
      targets: new Map(ids.map((id) => [id, onNew()])),
      measurements: answer({}),
    });
    return decide(snapshot, NOW).status;
  };

  it('is silent before the limit, and waits for a person from then on', () => {
    expect(decided(10 * MINUTE_MS)?.waitingFor ?? []).toEqual([]);
    expect(timeoutExitCode(decided(10 * MINUTE_MS + 1))).toBe(10);
  });
});
