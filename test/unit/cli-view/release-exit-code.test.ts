import { describe, expect, it } from 'vitest';
import { releaseExitCode, timeoutExitCode } from '../../../src/cli/release/release-exit-code.ts';
import type { ReleasePhase, ReleaseStatus } from '../../../src/domain/release-status.ts';

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

describe('the exit code of a release', () => {
  it.each([
    ['that no daemon has seen', null, 11],
    ['that goes on', status('Running'), 11],
    ['that waits for its preflight', status('Pending', 'PreflightPending'), 11],
    ['that waits for a window', status('Running', 'WindowClosed'), 11],
    ['that waits for an approval', status('Running', 'ApprovalRequired'), 10],
    ['whose target somebody promoted by hand', status('Running', 'AheadOfGoal'), 10],
    ['that is frozen while it waits for an approval', status('Running', 'ApprovalRequired', 'Frozen'), 20],
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
