import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastJson } from '../unit/cli/fake-context.ts';
import { runCli, startCli } from './cli-process.ts';

interface SandboxAnswer {
  readonly kubeconfig: string;
  readonly clusters: readonly string[];
  readonly prometheus: string | null;
}

describe('the sandbox as a process', () => {
  it('serves every other command until Ctrl-C, and leaves nothing behind', async () => {
    const sandbox = startCli(['sandbox', '--no-prometheus', '-o', 'json']);
    const answer = lastJson(await sandbox.until('stdout', '\n')) as SandboxAnswer;
    expect(answer.clusters).toEqual(['hub', 'acme-prod', 'initech-prod', 'shared-eu', 'shared-us', 'umbrella-prod']);
    const applied = await runCli(['apply', '-f', 'waves', '--kubeconfig', answer.kubeconfig]);
    expect(applied.code).toBe(0);
    expect(applied.stdout.split('\n').filter((line) => / (created|changed)$/.test(line))).toEqual([]);
    sandbox.child.kill('SIGINT');
    expect((await sandbox.ended).code).toBe(0);
    expect(existsSync(dirname(answer.kubeconfig))).toBe(false);
  });

  it('keeps a folder that was named, and says what to try next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-dir-'));
    const sandbox = startCli(['sandbox', '--no-prometheus', '--dir', folder]);
    const text = await sandbox.until('stdout', 'Ctrl-C ends it');
    expect(text).toContain(`export KUBECONFIG=${join(folder, 'kubeconfig')}`);
    expect(text).toMatch(/release start -f \S*waves\/releases\/storefront-4\.12\.0\.yaml/);
    sandbox.child.kill('SIGTERM');
    expect((await sandbox.ended).code).toBe(0);
    expect(existsSync(join(folder, 'kubeconfig'))).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('says what to do where there is no Prometheus', async () => {
    const { code, stderr } = await runCli(['sandbox', '--prometheus-bin', '/nowhere/prometheus']);
    expect(code).toBe(3);
    expect(stderr).toContain('error: --prometheus-bin /nowhere/prometheus is not an executable file');
  });

  it('names a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runCli(['sandbox', '--no-prometheus', '--port-base', String(port)]);
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`error: --port-base: port ${port} is taken`);
  });
});
