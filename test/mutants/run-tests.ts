import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the tests of a tree end. `broken`: they did not run at all, so they prove nothing. */
export type TestOutcome =
  | { readonly kind: 'green'; readonly tests: number }
  | { readonly kind: 'red'; readonly firstFailed: string }
  | { readonly kind: 'broken'; readonly output: string };

interface Report {
  readonly numTotalTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const REPORT = 'report.json';
/** A mutation may make a loop endless. */
const TIMEOUT_MS = 120_000;

/** Runs the tests of the decision core in a tree: `test/unit/release`, and what is believed of data. */
export async function runTests(tree: string): Promise<TestOutcome> {
  const output = await vitest(tree, [
    'run',
    '--project',
    'unit',
    'test/unit/release',
    'test/unit/analysis/doubts.test.ts',
    'test/unit/analysis/judge-rows.test.ts',
    '--reporter=json',
    `--outputFile=${REPORT}`,
  ]);
  let report: Report;
  try {
    report = JSON.parse(await readFile(join(tree, REPORT), 'utf8')) as Report;
  } catch (cause) {
    return { kind: 'broken', output: `${output}\n${String(cause)}` };
  }
  const failed = report.testResults.flatMap((file) => file.assertionResults).find((one) => one.status === 'failed');
  if (failed !== undefined) return { kind: 'red', firstFailed: failed.fullName.trim() };
  if (report.success && report.numTotalTests > 0) return { kind: 'green', tests: report.numTotalTests };
  return { kind: 'broken', output: report.testResults.map((file) => file.message ?? '').join('\n') || output };
}

function vitest(tree: string, args: readonly string[]): Promise<string> {
  const script = join(tree, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    // the exit code says no more than the report
    execFile(process.execPath, [script, ...args], { cwd: tree, timeout: TIMEOUT_MS }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}
