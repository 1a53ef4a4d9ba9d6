import { exitCodes } from '../exit-codes.ts';
import type { JobReport } from '../job/job-reports.ts';
import { plain } from '../job/markdown-text.ts';
import { exitWords } from './job-end.ts';
import type { Started } from './start-release.ts';

/** The report of a start that nobody waits for, or that was refused. */
export function startReport({ code, release, outcome, message }: Started): JobReport {
  const words = code === exitCodes.done ? outcome : exitWords(code);
  const ended =
    code === exitCodes.done
      ? ({ kind: 'passed' } as const)
      : ({ kind: 'failed', reason: exitWords(code), message } as const);
  return {
    title: release,
    markdown: `## Release \`${release}\`: ${words}\n\n${plain(message)}`,
    suites: [{ name: `release ${release}`, cases: [{ name: 'start', outcome: ended, durationMs: 0 }] }],
  };
}
