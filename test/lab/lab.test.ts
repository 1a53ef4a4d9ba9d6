import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';

const run = promisify(execFile);
const lab = inject('lab');
const mainPath = join(import.meta.dirname, '../../lab/main.ts');

/** A lab started as a person starts it, in a process of its own. */
async function startByHand(): Promise<{
  readonly starter: ChildProcess;
  readonly folder: string;
  readonly said: () => string;
}> {
  const starter = spawn(process.execPath, [mainPath], { stdio: 'pipe' });
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
  test('ends every part and removes its folder on a signal', async () => {
    const { starter, folder } = await startByHand();
    expect(await processesOf(folder)).toHaveLength(6);
    starter.kill('SIGINT');
    await expect.poll(() => starter.exitCode, { timeout: 30_000 }).toBe(0);
    expect(await processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test('leaves nothing running when it is killed, and --down removes what is left', async () => {
    const { starter, folder } = await startByHand();
    starter.kill('SIGKILL');
    await sleep(1_000);
    const { stdout } = await run(process.execPath, [mainPath, '--down']);
    expect(stdout).toContain(folder);
    expect(await processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test('names a part that dies, with the end of its log', async () => {
    const { starter, folder, said } = await startByHand();
    const kwok = (await processesOf(folder)).find((line) => line.includes('/kwok '));
    process.kill(Number(kwok?.trim().split(' ')[0]), 'SIGKILL');
    await expect.poll(said, { timeout: 5_000 }).toContain('kwok was killed by SIGKILL; the end of');
    starter.kill('SIGINT');
    await expect.poll(() => starter.exitCode, { timeout: 30_000 }).toBe(0);
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
