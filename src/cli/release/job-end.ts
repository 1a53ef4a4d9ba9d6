import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** How a job that waited for a release ended. */
export interface JobEnd {
  readonly code: ExitCode;
  readonly message: string;
  /** `done`, `wave=free` */
  readonly waitedFor: string;
}

const WORDS: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.internal]: 'internal error',
  [exitCodes.badInput]: 'bad input',
  [exitCodes.unavailable]: 'something is missing on this machine',
  [exitCodes.waitingForPerson]: 'waits for a person',
  [exitCodes.stillRunning]: 'still running',
  [exitCodes.paused]: 'paused or frozen',
  [exitCodes.rolledBack]: 'rolled back',
  [exitCodes.rollbackNotComplete]: 'rollback not complete',
  [exitCodes.verificationFailed]: 'verification failed',
  [exitCodes.inconclusive]: 'inconclusive at the deadline',
  [exitCodes.refused]: 'refused',
  [exitCodes.superseded]: 'superseded',
};

/** An exit code in words. */
export function exitWords(code: ExitCode): string {
  return WORDS[code];
}
