import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BriskWorld, startBriskWorld } from '../brisk-world.ts';
import { LAUNCHER } from '../cli-process.ts';
import { type ActionEnd, runAction } from './github-runner.ts';
import { gitlabJob, runGitlabJob } from './gitlab-runner.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const template = join(root, 'ci/gitlab/tidegate.yml');

let world: BriskWorld;
let folder: string;
let file: string;
let kubeconfig: string;

beforeAll(async () => {
  world = await startBriskWorld();
  folder = await mkdtemp(join(dirname(world.kubeconfigPath), 'job-'));
  file = await world.releaseFile('2');
  kubeconfig = await readFile(world.kubeconfigPath, 'utf8');
});

afterAll(() => world.stop());

/** The action with the Node that runs this test; no kubeconfig but the one that is given. */
function action(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const runner = { actionPath: root, folder, env: { KUBECONFIG: join(folder, 'none'), ...env } };
  return runAction(runner, { node: process.execPath, ...inputs });
}

const lines = (...args: readonly string[]) => `${args.join('\n')}\n`;

async function resultOf({ outputs }: ActionEnd): Promise<unknown> {
  return JSON.parse(await readFile(outputs['result']!, 'utf8'));
}

describe('the GitHub Action', () => {
  it('plans without a cluster, and hands the hash on', async () => {
    const files = join(root, 'test/e2e/brisk');
    const ended = await action({ command: 'plan', args: lines('-f', files, '--release', 'storefront-2') });
    expect(ended.log).toBe('');
    expect(ended.code).toBe(0);
    expect(ended.outputs['plan-hash']).toMatch(/^[0-9a-f]{64}$/);
    expect(await resultOf(ended)).toMatchObject({
      plan: { hash: ended.outputs['plan-hash'], release: 'storefront-2' },
    });
  });

  it('starts a release, follows it in the log, and leaves summary, JUnit and answer', async () => {
    const junit = join(folder, 'release.xml');
    const args = lines('-f', file, '--wait-for', 'wave=free', '--timeout', '90s', '--by', 'a job');
    const ended = await action({ command: 'release start', args, kubeconfig, junit });
    expect(ended.code, ended.log).toBe(0);
    expect(ended.log).toMatch(/started storefront-2, plan [0-9a-f]{12}, by a job/);
    expect(ended.summary).toContain('## storefront 2: wave=free passed');
    expect(await readFile(junit, 'utf8')).toContain('<testsuite name="wave free"');
    expect(await resultOf(ended)).toMatchObject({ release: 'storefront-2', exitCode: 0 });
  });

  it('fails with the exit code of the command, unless that is accepted', async () => {
    const args = lines('--release', 'storefront-2', '--wait-for', 'done', '--timeout', '1s');
    const failed = await action({ command: 'release start', args, kubeconfig });
    expect(failed).toMatchObject({ code: 10, outputs: { 'exit-code': '10' } });
    const accepted = await action({ command: 'release start', args, kubeconfig, accept: '10 11' });
    expect(accepted).toMatchObject({ code: 0, outputs: { 'exit-code': '10' } });
  });

  it('leaves no kubeconfig behind, whether it went well or not', async () => {
    const runs = (await readdir(folder)).filter((name) => name.startsWith('runner-'));
    expect(runs.length).toBeGreaterThan(2);
    for (const run of runs) {
      const all = await readdir(join(folder, run), { recursive: true });
      expect(all.filter((name) => name.endsWith('kubeconfig'))).toEqual([]);
    }
  });

  it('runs nothing that stands in an input', async () => {
    const trap = join(folder, 'trap');
    const evil = `$(touch ${trap}); \`touch ${trap}\`; touch ${trap}`;
    const ended = await action({ command: 'release status', args: lines(evil), kubeconfig, junit: '', accept: evil });
    expect(ended.code).toBe(2);
    await expect(stat(trap)).rejects.toThrow('ENOENT');
  });

  it('runs the image where one is given, with the folder, the kubeconfig and the summary in it', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    const said = join(folder, 'docker-said');
    const docker = `#!/bin/bash\nprintf '%s\\n' "$@" > ${said}\nwhile [ "$1" != tidegate:test ]; do shift; done\nshift\nexec ${process.execPath} ${LAUNCHER} "$@"\n`;
    await writeFile(join(bin, 'docker'), docker);
    await chmod(join(bin, 'docker'), 0o755);
    const path = `${bin}:${process.env['PATH']}`;
    const inputs = { command: 'release list', image: 'tidegate:test', kubeconfig };
    const ended = await action(inputs, { PATH: path });
    expect(ended.code, ended.log).toBe(0);
    const words = (await readFile(said, 'utf8')).split('\n');
    expect(words).toEqual(
      expect.arrayContaining(['run', '--rm', `${folder}:${folder}`, 'GITHUB_STEP_SUMMARY', 'KUBECONFIG']),
    );
    expect(await resultOf(ended)).toMatchObject({ releases: [{ name: 'storefront-2' }] });
  });
});

describe('the GitLab template', () => {
  const variables = () => ({
    TIDEGATE_CLI: LAUNCHER,
    KUBECONFIG: world.kubeconfigPath,
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
  });

  it('attaches to a release, and what waits for a person does not fail the pipeline', async () => {
    const job = await gitlabJob(template, '.tidegate-release');
    const release = { TIDEGATE_FILES: file, TIDEGATE_TIMEOUT: '1s', TIDEGATE_ARGS: lines('--by', 'a job') };
    const ended = await runGitlabJob(job, folder, { ...variables(), ...release });
    expect(ended.code, ended.log).toBe(10);
    expect(job.allow_failure!.exit_codes).toContain(10);
    expect(JSON.parse(await readFile(join(folder, 'tidegate.json'), 'utf8'))).toMatchObject({ exitCode: 10 });
    expect(await readFile(join(folder, 'tidegate.xml'), 'utf8')).toContain('<testsuite name="wave business"');
    expect(await readFile(join(folder, 'tidegate.md'), 'utf8')).toContain('waits for a person');
  });

  it('shows a plan against the running one', async () => {
    const job = await gitlabJob(template, '.tidegate-plan');
    const plan = { TIDEGATE_FILES: join(root, 'test/e2e/brisk'), TIDEGATE_RELEASE: 'storefront-3' };
    const ended = await runGitlabJob(job, folder, { ...variables(), ...plan });
    expect(ended.code, ended.log).toBe(0);
    expect(ended.log).toMatch(/^## Plan of storefront-3$/m);
    expect(ended.log).toMatch(/against [0-9a-f]{12} of storefront-2/);
  });

  it('verifies what its variables name, and is inconclusive where nothing is measured', async () => {
    const job = await gitlabJob(template, '.tidegate-verify');
    const verify = {
      TIDEGATE_WORKLOAD: 'storefront',
      TIDEGATE_FOR: '1s',
      TIDEGATE_ARGS: lines('--all', '--settle', '60s'),
    };
    const ended = await runGitlabJob(job, folder, { ...variables(), ...verify });
    expect(ended.code, ended.log).toBe(40);
    expect(JSON.parse(await readFile(join(folder, 'tidegate.json'), 'utf8'))).toMatchObject({ verdict: 'missing' });
    expect(await readFile(join(folder, 'tidegate.xml'), 'utf8')).toContain('<testsuite name="slo availability"');
    expect(await readFile(join(folder, 'tidegate.md'), 'utf8')).toContain('## Verify storefront: no data');
  });

  it('says what is wrong with a variable', async () => {
    const job = await gitlabJob(template, '.tidegate-verify');
    const verify = { TIDEGATE_WORKLOAD: 'storefrnt', TIDEGATE_ARGS: lines('--all') };
    const ended = await runGitlabJob(job, folder, { ...variables(), ...verify });
    expect(ended.code).toBe(2);
    expect(ended.log).toContain('did you mean "storefront"?');
  });
});
