import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCli } from './cli-process.ts';

/** A Node on the PATH that is older than ours, as many hosts have one. */
function olderNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    try {
      const major = Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));
      if (major < 24) return node;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return null;
}

const older = olderNode();

describe.each([
  ['this Node', process.execPath],
  ['an older Node of the host', older],
])('the launcher on %s', (_, node) => {
  const start = (...args: readonly string[]) => startCli(args, {}, node ?? undefined);

  it.skipIf(node === null)('passes arguments and the exit code on', async () => {
    const { code, stderr } = await start('lint', '-f', 'nowhere').ended;
    expect(stderr).toContain('error: reading nowhere: no such file or folder');
    expect(code).toBe(2);
  });

  it.skipIf(node === null)('passes stdout on', async () => {
    const { code, stdout } = await start('--version').ended;
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  });

  it.skipIf(node === null)('passes signals on', async () => {
    const sandbox = start('sandbox', '--no-prometheus');
    await sandbox.until('stdout', 'Ctrl-C ends it');
    sandbox.child.kill('SIGTERM');
    const { code, stderr } = await sandbox.ended;
    expect(stderr).toContain('stopping');
    expect(code).toBe(0);
  });
});
