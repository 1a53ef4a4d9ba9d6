import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastJson } from '../unit/cli/fake-context.ts';
import { type BriskWorld, startBriskWorld } from './brisk-world.ts';
import { type Ended, runCli, startCli } from './cli-process.ts';

let world: BriskWorld;
let folder: string;
let file: string;

beforeAll(async () => {
  world = await startBriskWorld();
  folder = join(world.kubeconfigPath, '..');
  file = await world.releaseFile('2');
});

afterAll(() => world.stop());

const start = (...args: readonly string[]): readonly string[] => [
  'release',
  'start',
  '-f',
  file,
  '--kubeconfig',
  world.kubeconfigPath,
  '--by',
  'ci',
  ...args,
];

function run(...args: readonly string[]): Promise<Ended> {
  return runCli(start(...args), { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') });
}

describe('a release started by a job', () => {
  it('goes on when the job is killed, and the next job attaches to it', async () => {
    const killed = startCli(start('--wait-for', 'done'), {});
    await killed.until('stdout', 'started storefront-2');
    killed.child.kill('SIGKILL');
    expect((await killed.ended).code).toBe(null);
    const next = await run('--wait-for', 'wave=free', '--timeout', '60s', '--junit', join(folder, 'free.xml'));
    expect(next.stdout).toContain('storefront-2 was started before');
    expect(next.code).toBe(0);
  });

  it('is told in plain lines, without a control character', async () => {
    const { stdout } = await run('--wait-for', 'wave=free');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toContain('wave free');
  });

  it('leaves a summary and a JUnit report of each target', async () => {
    const xml = await readFile(join(folder, 'free.xml'), 'utf8');
    expect(xml).toContain('<testsuite name="wave free" tests="1" failures="0" errors="0" skipped="0"');
    expect(xml).toContain('<testcase classname="wave free" name="shared/pool-free/storefront"');
    expect(xml).toContain('<testcase classname="wave business" name="globex (shared/globex/storefront)"');
    const summary = await readFile(join(folder, 'summary.md'), 'utf8');
    expect(summary).toMatch(/^## storefront 2: wave=free passed$/m);
    expect(summary).toMatch(/^\| free +\| Passed +\| 1 of 1 /m);
  });

  it('that waits for a person when time is up ends with 10, and the reports say for what', async () => {
    const junit = join(folder, 'done.xml');
    const { code, stdout } = await run('--wait-for', 'done', '--timeout', '1s', '--junit', junit, '-o', 'json');
    expect(code).toBe(10);
    expect(lastJson(stdout)).toMatchObject({ exitCode: 10, waitingFor: [{ reason: 'ApprovalRequired' }] });
    expect(await readFile(junit, 'utf8')).toContain('<error type="waitingForPerson"');
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toContain(
      'tidegate release approve storefront-2 --wave business',
    );
  });

  it('under another plan than the reviewed one is refused with 50, in the report too', async () => {
    const junit = join(folder, 'refused.xml');
    const { code } = await run('--expect-plan', '0123456789ab', '--wait-for', 'done', '--junit', junit);
    expect(code).toBe(50);
    expect(await readFile(junit, 'utf8')).toContain('<failure type="refused"');
  });
});
