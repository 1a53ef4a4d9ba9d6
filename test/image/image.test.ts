import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { BASE_IMAGE, buildBase } from './base-image.ts';
import { type Builder, createBuilder, missingBuilder } from './builder.ts';

const IMAGE = 'localhost/tidegate-test';
const CLI = ['node', '--max-old-space-size=256', '/app/bin/tidegate.js'];
/** Beyond Node itself; what is in the image today and a third more. */
const MOST_MEGABYTES = 160;
const repository = fileURLToPath(new URL('../../', import.meta.url));

const missing = missingBuilder();
if (missing !== null) console.warn(`the image is not built here: ${missing}`);

describe.skipIf(missing !== null)('the image', () => {
  let folder: string;
  let builder: Builder;
  let container: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-image-'));
    builder = createBuilder(folder);
    buildBase(builder, folder);
    builder.run('bud', '--quiet', '--pull-never', '--build-arg', `BASE=${BASE_IMAGE}`, '--tag', IMAGE, repository);
    container = builder.run('from', '--pull-never', IMAGE);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const inside = (...command: readonly string[]): string => builder.run('run', container, '--', ...command);

  it('runs as nobody, who may write nothing of it', () => {
    expect(inside('id', '-u')).toBe('65532');
    expect(inside('find', '/app', '-writable')).toBe('');
  });

  it('holds built JavaScript and what it needs at run time, nothing else', () => {
    expect(inside('ls', '/app').split('\n')).toEqual(
      ['LICENSE', 'analysis-templates', 'bin', 'deploy', 'dist', 'node_modules', 'package.json', 'waves'].sort(),
    );
    expect(
      inside('sh', '-c', 'ls -d /app/node_modules/vitest /app/node_modules/typescript /app/src 2>/dev/null || true'),
    ).toBe('');
  });

  it(`adds at most ${MOST_MEGABYTES} MB to its base`, () => {
    const megabytes = Number(inside('du', '-sm', '/app').split('\t')[0]);
    console.log(`the image adds ${megabytes} MB to its base`);
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  });

  it('has the commands, and the example to try them on', () => {
    expect(inside(...CLI, '--version')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(inside(...CLI, 'lint', '-f', '/app/waves')).toContain('ok: 40 tenants');
    expect(inside(...CLI, 'install', '--dry-run')).toContain('kind: CustomResourceDefinition');
  });

  describe('as a daemon', () => {
    let sandbox: SandboxWorld;
    let daemon: ChildProcess;

    beforeAll(async () => {
      sandbox = await startSandboxWorld({
        files: [join(repository, 'test/e2e/brisk/fleet.yaml')],
        trafficFile: null,
        namespace: 'tidegate-system',
        baseline: null,
        prometheus: null,
        portBase: null,
        dir: folder,
        log: () => undefined,
      });
    });

    afterAll(async () => {
      daemon?.kill('SIGKILL');
      await sandbox?.stop();
    });

    it('leads, answers for its health, and ends by itself on SIGTERM', async () => {
      // as a Secret is mounted: the user of the image may read it
      chmodSync(sandbox.kubeconfigPath, 0o644);
      const kubeconfig = `${sandbox.kubeconfigPath}:/kubeconfig:ro`;
      const command = [...CLI, 'daemon', '--kubeconfig', '/kubeconfig', '--listen', '127.0.0.1:0'];
      daemon = builder.start('run', '--volume', kubeconfig, container, '--', ...command);
      const said = text(daemon.stdout!);
      const lines = linesOf(daemon.stderr!);
      const first = await until(lines, '"msg":"daemon starts"');
      await until(lines, '"msg":"leads"');
      const url = (JSON.parse(first) as { readonly listens: string }).listens;
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      // the builder does not pass signals on as a runtime would
      process.kill(deepestChildOf(daemon.pid!), 'SIGTERM');
      const exited = once(daemon, 'exit') as Promise<[number | null]>;
      const last: string[] = [];
      for await (const line of lines) last.push(line);
      const [code] = await exited;
      expect({ code, said: await said }, last.join('\n')).toEqual({ code: 0, said: '' });
    });
  });
});

/** The last process of a chain of children; the builder starts them from whichever of its threads. */
function deepestChildOf(pid: number): number {
  const [child] = readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
    .filter((id) => id !== '');
  return child === undefined ? pid : deepestChildOf(Number(child));
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** The next line that holds a text. @throws Error when the stream ends before */
async function until(lines: AsyncGenerator<string>, wanted: string): Promise<string> {
  const passed: string[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done === true) throw new Error(`the daemon ended before ${wanted}: ${passed.slice(-20).join('\n')}`);
    if (next.value.includes(wanted)) return next.value;
    passed.push(next.value);
  }
}
