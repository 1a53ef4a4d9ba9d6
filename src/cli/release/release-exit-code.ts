import { assertNever } from '../../domain/assert-never.ts';
import type { ReleaseStatus, WaitingFor } from '../../domain/release-status.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** Waits that end by themselves. Every other one needs a person. */
const PASSING: ReadonlySet<string> = new Set([
  'PreflightPending',
  'WindowClosed',
  'AnotherRelease',
  'ClusterUnreachable',
  'DataMissing',
  'DataInconclusive',
]);

/** Where a release stands, as an exit code. */
export function releaseExitCode(status: ReleaseStatus | null): ExitCode {
  if (status === null) return exitCodes.stillRunning;
  switch (status.phase) {
    case 'Completed':
      return exitCodes.done;
    case 'RolledBack':
      return status.waitingFor.some(({ reason }) => reason.endsWith('NotRestored'))
        ? exitCodes.rollbackNotComplete
        : exitCodes.rolledBack;
    case 'RollbackIncomplete':
      return exitCodes.rollbackNotComplete;
    case 'Refused':
      return exitCodes.refused;
    case 'RollingBack':
      return exitCodes.stillRunning;
    case 'Pending':
    case 'Running':
      return waitingExitCode(status.waitingFor);
    default:
      return assertNever(status.phase);
  }
}

function waitingExitCode(waitingFor: readonly WaitingFor[]): ExitCode {
  if (waitingFor.some(({ reason }) => reason === 'Frozen')) return exitCodes.paused;
  if (waitingFor.some(({ reason }) => !PASSING.has(reason))) return exitCodes.waitingForPerson;
  return exitCodes.stillRunning;
}

/** The same for whoever gave up waiting: a rollback that is not over is not complete, and missing data are inconclusive. */
export function timeoutExitCode(status: ReleaseStatus | null): ExitCode {
  if (status?.phase === 'RollingBack') return exitCodes.rollbackNotComplete;
  const code = releaseExitCode(status);
  const isUnproven = (status?.waitingFor ?? []).some(({ reason }) => reason.startsWith('Data'));
  return code === exitCodes.stillRunning && isUnproven ? exitCodes.inconclusive : code;
}
