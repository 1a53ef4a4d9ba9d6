/** What a command's end means to a CI job. */
export const exitCodes = {
  done: 0,
  internal: 1,
  badInput: 2,
  /** Something that the command needs is not on this machine. */
  unavailable: 3,
  waitingForPerson: 10,
  stillRunning: 11,
  paused: 20,
  rolledBack: 30,
  rollbackNotComplete: 31,
  verificationFailed: 35,
  inconclusive: 40,
  refused: 50,
  superseded: 60,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
