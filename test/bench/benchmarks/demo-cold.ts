import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atMost, beside, type Figure, unmeasured } from '../figure.ts';

const BAR_S = 120;
const LIMIT_MS = 600_000;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface DemoRelease {
  readonly name: string;
  readonly outcome: string;
  readonly detectedAfterSeconds?: number | null;
  readonly rolledBackAfterSeconds?: number | null;
}

/** The demo as people run it, from its command to its last line. */
export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  const since = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['src/cli/main.ts', 'demo', '--output', 'json', '--dir', folder],
    {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: LIMIT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  rmSync(folder, { recursive: true, force: true });
  const tookS = (performance.now() - since) / 1000;
  if (status !== 0) throw new Error(`running the demo: ended with ${status}: ${stderr.slice(-2000)}`);
  const { releases } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {
    readonly releases: readonly DemoRelease[];
  };
  const bad = releases.find((release) => release.outcome === 'RolledBack');
  const outcomes = releases.map(({ name, outcome }) => `${name} ${outcome}`).join(', ');
  return Promise.resolve([
    atMost(BAR_S, 'demo-cold', tookS, 's', outcomes),
    seconds('demo-cold detected after', bad?.detectedAfterSeconds, 'first bad response → decision'),
    seconds('demo-cold rolled back after', bad?.rolledBackAfterSeconds, 'decision → last target healthy'),
  ]);
}

function seconds(name: string, value: number | null | undefined, note: string): Figure {
  return value == null ? unmeasured(name, 's', null, note) : beside(name, value, 's', note);
}
