import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';

const run = promisify(execFile);
const lab = inject('lab');
const mainPath = join(import.meta.dirname, '../../lab/main.ts');

/** What `--output json` says of a lab. */
interface Whereabouts {
  readonly kubeconfig: string;
  readonly kubectl: string;
}

/** A lab started as a person starts it, in a process of its own. */
async function startByHand(options: readonly string[] = []): Promise<{
  readonly starter: ChildProcess;
  readonly folder: string;
  readonly said: () => string;
}> {
  const starter = spawn(process.execPath, [mainPath, ...options], { stdio: 'pipe' });
  let said = '';
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
  };
  starter.stdout.on('data', hear);
  starter.stderr.on('data', hear);
  await expect.poll(() => said, { timeout: 120_000 }).toContain('export KUBECONFIG=');
  return { starter, folder: /KUBECONFIG=(.*)\/kubeconfig/.exec(said)?.[1] ?? '', said: () => said };
}

/** Command lines that name a lab's folder. */
async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

describe.skipIf(lab === null)('the starter', () => {
  test('names a part that dies, with the end of its log; ends the others and removes its folder on a signal', async () => {
    const { starter, folder, said } = await startByHand();
    const running = await processesOf(folder);
    expect(running).toHaveLength(6);
    const kwok = running.find((line) => line.includes('/kwok '));
    process.kill(Number(kwok?.trim().split(' ')[0]), 'SIGKILL');
    await expect.poll(said, { timeout: 20_000 }).toContain('kwok was killed by SIGKILL; the end of');
    starter.kill('SIGINT');
    await expect.poll(() => starter.exitCode, { timeout: 30_000 }).toBe(0);
    expect(await processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test('gives each of several clusters a context, tokens and objects of its own, and leaves nothing behind when it is killed', async () => {
    const wanted = ['--clusters', 'one,two', '--stock-limits', '--output', 'json'];
    const { starter, said, folder } = await startByHand(wanted);
    await expect.poll(said, { timeout: 20_000 }).toContain('{"kubeconfig"');
    const told = JSON.parse(
      said()
        .split('\n')
        .find((line) => line.startsWith('{"kubeconfig"')) ?? '',
    ) as Whereabouts;
    expect(told).toMatchObject({ kubeconfig: `${folder}/kubeconfig`, prometheus: null, pid: starter.pid });
    const kube = (context: string, ...parameters: readonly string[]) =>
      kubectl(told.kubectl, told.kubeconfig, ['--context', context, ...parameters]);
    await kube('one', 'create', 'namespace', 'only-in-one');
    const found = await Promise.all(['one', 'two'].map((context) => kube(context, 'get', 'ns', '-o', 'name')));
    expect(found.map((names) => names.includes('namespace/only-in-one'))).toEqual([true, false]);
    const token = (await kube('one', 'create', 'token', 'default')).trim();
    await expect(kube('one', '--token', token, 'auth', 'whoami')).resolves.toContain('default:default');
    await expect(kube('two', '--token', token, 'auth', 'whoami')).rejects.toThrow(/Unauthorized/);

    const running = await processesOf(folder);
    expect(running).toHaveLength(11);
    expect(running.filter((line) => line.includes('rollouts-controller') && line.includes('--qps=40'))).toHaveLength(2);
    starter.kill('SIGKILL');
    await expect.poll(() => processesOf(folder), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false);
  });
});

test('without Go it says so in one line and exits with a code of its own', async () => {
  const env = { PATH: '/nonexistent', TIDEGATE_CACHE: join(import.meta.dirname, 'no-such-cache') };
  const failure = await run(process.execPath, [mainPath], { env }).then(
    () => undefined,
    (error: { readonly code: number; readonly stderr: string }) => error,
  );
  expect(failure?.stderr.trim()).toMatch(/^the lab needs Go 1\.26 [^\n]*no go on the PATH$/);
  expect(failure?.code).toBe(3);
});

test('each program is pinned: a go.mod beside a go.sum, and no version left to chance', () => {
  for (const name of ['control-plane', 'etcd', 'kwok', 'prometheus']) {
    const folder = join(import.meta.dirname, '../../lab/go', name);
    expect(readFileSync(join(folder, 'go.sum'), 'utf8').length).toBeGreaterThan(1_000);
    expect(readFileSync(join(folder, 'go.mod'), 'utf8')).not.toContain('latest');
  }
});
