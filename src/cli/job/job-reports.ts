import { appendFile, writeFile } from 'node:fs/promises';
import type { CliContext, Output } from '../command.ts';
import { badArgument } from '../failure.ts';
import { type JunitSuite, junitXml } from './junit.ts';

/** Where a CI job wants to read how it went. */
export interface ReportOptions {
  readonly summary?: string;
  readonly junit?: string;
}

/** What a job is told at the end. */
export interface JobReport {
  readonly title: string;
  readonly markdown: string;
  readonly suites: readonly JunitSuite[];
}

/** Files that a job reads afterwards. */
export interface JobReports {
  /** Whether anybody wants one. */
  readonly isWanted: boolean;
  write(report: JobReport): Promise<void>;
}

/** What stands there until the end, for a job that is killed before it. */
const UNFINISHED: readonly JunitSuite[] = [
  {
    name: 'tidegate',
    cases: [
      {
        name: 'end',
        outcome: { kind: 'unknown', reason: 'unfinished', message: 'the command failed or was killed before its end' },
        durationMs: 0,
      },
    ],
  },
];

/**
 * Opens the files before anything begins: a place that cannot be written is told at once, not after an hour. The summary is appended
 * (default: `$GITHUB_STEP_SUMMARY`), the JUnit file replaced.
 *
 * @throws InvalidInput for a file that cannot be written
 */
export async function openReports(
  options: ReportOptions,
  env: CliContext['env'],
  output: Pick<Output, 'note'>,
): Promise<JobReports> {
  const summary = options.summary ?? (env['GITHUB_STEP_SUMMARY'] || null);
  const junit = options.junit ?? null;
  if (summary !== null) await probe('--summary', summary, () => appendFile(summary, ''));
  if (junit !== null) await probe('--junit', junit, () => writeFile(junit, junitXml('tidegate', UNFINISHED)));
  return {
    isWanted: summary !== null || junit !== null,
    async write({ title, markdown, suites }) {
      if (summary !== null) await told(output, summary, appendFile(summary, `${markdown.trimEnd()}\n\n`));
      if (junit !== null) await told(output, junit, writeFile(junit, junitXml(title, suites)));
    },
  };
}

async function probe(flag: string, path: string, touch: () => Promise<void>): Promise<void> {
  try {
    await touch();
  } catch (error) {
    throw badArgument(`${flag}: writing ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

/** A disk that filled up meanwhile does not change how the release went. */
async function told(output: Pick<Output, 'note'>, path: string, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    output.note(`warning: writing ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
