import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stderr, written at once, so that the last one before a crash is there. */
export function createLogger(level: string): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, pino.destination({ fd: 2, sync: true }));
}
