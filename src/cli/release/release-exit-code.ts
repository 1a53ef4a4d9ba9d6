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

/** Those of them for which a wave's clock stands. */
const STOPS_CLOCK: ReadonlySet<string> = new Set(['WindowClosed', 'AnotherRelease']);

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
      return waitingExitCode(status);
    default:
      return assertNever(status.phase);
  }
}

function waitingExitCode(status: ReleaseStatus): ExitCode {
  const { waitingFor } = status;
  if (waitingFor.some(({ reason }) => reason === 'Frozen')) return exitCodes.paused;
  if (waitingFor.some(({ reason }) => !PASSING.has(reason)) || asksAboutData(status)) return exitCodes.waitingForPerson;
  return exitCodes.stillRunning;
}

/** Whether data were waited for up to the limit, and a person is asked now: a wave's clock stands for a question, not for a hold. */
function asksAboutData({ waitingFor, waves }: ReleaseStatus): boolean {
  if (!waitingFor.some(isForData) || waitingFor.some(({ reason }) => STOPS_CLOCK.has(reason))) return false;
  return waves.some(({ phase, blockedSince }) => phase !== 'Passed' && blockedSince !== null);
}

function isForData({ reason }: WaitingFor): boolean {
  return reason.startsWith('Data');
}

/** The same for whoever gave up waiting: a rollback that is not over is not complete, and data that may still come are inconclusive. */
export function timeoutExitCode(status: ReleaseStatus | null): ExitCode {
  if (status?.phase === 'RollingBack') return exitCodes.rollbackNotComplete;
  const code = releaseExitCode(status);
  const isUnproven = (status?.waitingFor ?? []).some(isForData);
  return code === exitCodes.stillRunning && isUnproven ? exitCodes.inconclusive : code;
}
