import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReports } from '../../../../src/cli/job/job-reports.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-job-'));
});

afterAll(() => rm(folder, { recursive: true }));

const quiet = { note: (text: string) => expect.fail(text) };
const report = { title: 'storefront-2', markdown: '## done\n', suites: [] };

test('the summary is appended where the job says, the JUnit file is replaced', async () => {
  const summary = join(folder, 'summary.md');
  const junit = join(folder, 'junit.xml');
  await writeFile(summary, 'before\n');
  await writeFile(junit, 'before');
  const reports = await openReports({ junit }, { GITHUB_STEP_SUMMARY: summary }, quiet);
  await reports.write(report);
  await reports.write(report);
  expect(await readFile(summary, 'utf8')).toBe('before\n## done\n\n## done\n\n');
  expect(await readFile(junit, 'utf8')).toMatch(/^<\?xml[^\n]+\n<testsuites name="storefront-2" tests="0"/);
});

test('a flag is stronger than the environment', async () => {
  const summary = join(folder, 'flag.md');
  const reports = await openReports({ summary }, { GITHUB_STEP_SUMMARY: join(folder, 'other.md') }, quiet);
  await reports.write(report);
  expect(await readFile(summary, 'utf8')).toBe('## done\n\n');
  await expect(readFile(join(folder, 'other.md'))).rejects.toThrow('ENOENT');
});

test('a job that is killed leaves a report that says so', async () => {
  const junit = join(folder, 'killed.xml');
  await openReports({ junit }, {}, quiet);
  expect(await readFile(junit, 'utf8')).toContain('<error type="unfinished"');
});

test('without anybody to read it nothing is written', async () => {
  const reports = await openReports({}, { GITHUB_STEP_SUMMARY: '' }, quiet);
  expect(reports.isWanted).toBe(false);
  await reports.write(report);
});

test.each(['summary', 'junit'] as const)(
  'a place for --%s that cannot be written is told at the start',
  async (flag) => {
    const path = join(folder, 'nowhere', 'file');
    await expect(openReports({ [flag]: path }, {}, quiet)).rejects.toThrow(`--${flag}: writing ${path}: ENOENT`);
  },
);
