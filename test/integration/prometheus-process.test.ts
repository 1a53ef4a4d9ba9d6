import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findPrometheus } from '../../src/sandbox/prometheus/find-prometheus.ts';
import { PrometheusUnavailable } from '../../src/sandbox/prometheus/prometheus-unavailable.ts';
import { startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';

const bin = await prometheusForTests();

/** Asks again until the answer suits; a process or a scrape is waited for, bounded. */
async function until<T>(ask: () => Promise<T>, suits: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask();
    if (suits(answer) || attempt === 600) return answer;
    await sleep(50);
  }
}

async function valueOf(url: string, promql: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
  const body = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return body.data.result[0]?.value[1];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('findPrometheus', () => {
  let folder: string;
  const program = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    await chmod(path, 0o755);
    return path;
  };
  const lines: string[] = [];
  const find = (more: { bin?: string; path?: string }) =>
    findPrometheus({
      bin: more.bin,
      log: (line) => lines.push(line),
      env: { PATH: more.path ?? join(folder, 'empty'), TIDEGATE_CACHE: join(folder, 'cache') },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-find-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('takes the one that was named, or says that it is none', async () => {
    const named = await program('mine', '#!/bin/sh\n');
    expect(await find({ bin: named })).toBe(named);
    await expect(find({ bin: folder })).rejects.toThrow(PrometheusUnavailable);
    await expect(find({ bin: join(folder, 'none') })).rejects.toThrow(
      /--prometheus-bin .*none is not an executable file/,
    );
  });

  it('says what to do where nothing can be had', async () => {
    await expect(find({})).rejects.toThrow(
      /no apt-get to fetch it: install Prometheus 2\.40 or newer .*--prometheus-bin/,
    );
  });

  /** Stand-ins for the distribution's tools; the lists of the host do not have the package. */
  const aptGet = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  *update) [ -z "$OFFLINE" ] || { echo "E: no route" >&2; exit 100; } ;;
  download*) echo "E: Unable to locate package prometheus" >&2; exit 100 ;;
  *download*) echo package > prometheus_1_amd64.deb ;;
esac`;
  const dpkgDeb = `#!/bin/sh
mkdir -p "$3/usr/bin" && echo '#!/bin/sh' > "$3/usr/bin/prometheus" && chmod +x "$3/usr/bin/prometheus"`;
  const distribution = async (name: string, more: Record<string, string> = {}) => {
    const tools = join(folder, name, 'tools');
    await program(`${name}/tools/apt-get`, aptGet);
    await program(`${name}/tools/dpkg-deb`, dpkgDeb);
    const calls = join(folder, name, 'calls');
    const cache = join(folder, name, 'cache');
    const env = { PATH: `${tools}:/usr/bin:/bin`, TIDEGATE_CACHE: cache, CALLS: calls, ...more };
    const progress: string[] = [];
    const search = () => findPrometheus({ log: (line) => progress.push(line), env });
    return { search, cache, progress, calls: () => readFile(calls, 'utf8') };
  };
  const hasOwnPrometheus = ['/usr/bin/prometheus', '/bin/prometheus'].some((path) => existsSync(path));

  it.skipIf(hasOwnPrometheus)(
    'unpacks the distribution’s package, with lists of its own where the host has none',
    async () => {
      const { search, cache, progress, calls } = await distribution('fresh');
      const found = await Promise.all([search(), search()]);
      const wanted = join(cache, 'prometheus', 'usr', 'bin', 'prometheus');
      expect(found).toEqual([wanted, wanted]);
      expect(progress[0]).toMatch(/^fetching Prometheus from the distribution’s packages into .* \(20 MB, once\)$/);
      expect(await calls()).toMatch(/-o Dir::State=\S+ -o Dir::State::status=\S+ -o Dir::Cache=\S+ update/);
      expect(await readdir(cache)).toEqual(['prometheus']);
    },
  );

  it.skipIf(hasOwnPrometheus)('repeats what the tool said when the package cannot be had', async () => {
    const { search, cache } = await distribution('offline', { OFFLINE: '1' });
    const error = await search().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PrometheusUnavailable);
    expect(String(error)).toMatch(/apt-get update failed: E: no route: install Prometheus 2\.40 or newer/);
    expect(await readdir(cache)).toEqual([]);
  });

  it('prefers the PATH, then the cache', async () => {
    const cached = await program('cache/prometheus/usr/bin/prometheus', '#!/bin/sh\n');
    const onPath = await program('bin/prometheus', '#!/bin/sh\n');
    expect(await find({ path: join(folder, 'bin') })).toBe(onPath);
    expect(await find({})).toBe(cached);
    expect(lines).toEqual([]);
  });
});

describe.skipIf(bin === null)('a running Prometheus', () => {
  const start = (part: Partial<Parameters<typeof startPrometheus>[0]> = {}) =>
    startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 200, ...part });

  it('scrapes its targets, keeping their labels', async () => {
    const app = createServer((request, response) => response.end(`served{path="${request.url}",tenant="a"} 7\n`));
    await once(app.listen(0, '127.0.0.1'), 'listening');
    const { port } = app.address() as AddressInfo;
    const target = { url: `http://127.0.0.1:${port}/metrics?of=eu`, labels: { cluster: 'eu', tenant: 'none' } };
    const prometheus = await start({ scrapeTargets: [target] });
    try {
      const promql = 'served{path="/metrics?of=eu",tenant="a",cluster="eu"}';
      expect(
        await until(
          () => valueOf(prometheus.url, promql),
          (value) => value !== undefined,
        ),
      ).toBe('7');
    } finally {
      await prometheus.stop();
      app.close();
      app.closeAllConnections();
    }
  });

  it('is away after pause, and back at the same place with its data after restart', async () => {
    const prometheus = await start();
    try {
      const samples = [{ atMs: Date.now(), value: 42 }];
      await remoteWrite(prometheus.url, [{ labels: { __name__: 'kept' }, samples }]);
      const before = prometheus.pid();
      await prometheus.pause();
      await prometheus.pause();
      expect(isAlive(before)).toBe(false);
      await expect(valueOf(prometheus.url, 'kept')).rejects.toThrow();
      await prometheus.restart();
      expect(await valueOf(prometheus.url, 'kept')).toBe('42');
      await prometheus.restart();
      expect(await valueOf(prometheus.url, 'kept')).toBe('42');
    } finally {
      await prometheus.stop();
    }
    expect(isAlive(prometheus.pid())).toBe(false);
  });

  it('leaves nothing in the temporary folder, and a data folder that was given', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'tidegate-scratch-'));
    const dataDir = join(scratch, 'data');
    vi.stubEnv('TMPDIR', scratch);
    const prometheus = await start({ dataDir });
    vi.unstubAllEnvs();
    expect(await readdir(scratch)).toHaveLength(2);
    await prometheus.stop();
    expect(await readdir(scratch)).toEqual(['data']);
    expect(await readdir(dataDir)).toContain('wal');
    await rm(scratch, { recursive: true });
  });

  it.each([
    ['a program that ends', '/bin/false', 'prometheus ended at once (exit code 1)'],
    ['a file that cannot run', '/dev/null', 'prometheus ended at once (spawn /dev/null EACCES)'],
  ])('is not %s', async (_, path, message) => {
    const error = await start({ bin: path }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PrometheusUnavailable);
    expect(String(error)).toContain(message);
  });

  it('says so when its port is taken', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const error = await start({ port }).catch((thrown: unknown) => thrown);
    other.close();
    other.closeAllConnections();
    expect(error).toBeInstanceOf(PrometheusUnavailable);
    expect(String(error)).toContain('address already in use');
  });

  it('dies with a parent that was killed', async () => {
    const module = new URL('../../src/sandbox/prometheus/start-prometheus.ts', import.meta.url).href;
    const script = `const { startPrometheus } = await import(${JSON.stringify(module)});
      const running = await startPrometheus({ bin: ${JSON.stringify(bin)}, scrapeTargets: [], scrapeIntervalMs: 1000 });
      console.log(running.pid());`;
    const scratch = await mkdtemp(join(tmpdir(), 'tidegate-scratch-'));
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(
      await until(
        async () => isAlive(pid),
        (alive) => !alive,
      ),
    ).toBe(false);
    expect(
      await until(
        () => readdir(scratch),
        (left) => left.length === 0,
      ),
    ).toEqual([]);
    await rm(scratch, { recursive: true });
  });
});
