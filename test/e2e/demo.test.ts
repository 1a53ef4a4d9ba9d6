import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoResult } from '../../src/cli/demo/outcome.ts';
import { findPrometheus } from '../../src/sandbox/prometheus/find-prometheus.ts';
import { lastJson } from '../unit/cli/fake-context.ts';
import { type Ended, runCli } from './cli-process.ts';

const LIMIT_MS = 240_000;

/** Why there is no Prometheus here; `null` when there is one. */
async function whyNoPrometheus(): Promise<string | null> {
  return findPrometheus({ log: () => undefined }).then(
    () => null,
    (error: Error) => error.message,
  );
}

const missing = await whyNoPrometheus();
if (missing !== null) console.warn(`the demo is not tested: ${missing}`);

let dir: string;
let ended: Ended;

beforeAll(async () => {
  if (missing !== null) return;
  dir = await mkdtemp(join(tmpdir(), 'tidegate-demo-'));
  ended = await runCli(['demo', '--quick', '--output', 'json', '--dir', dir]);
}, LIMIT_MS);

afterAll(async () => {
  if (missing === null) await rm(dir, { recursive: true, force: true });
});

describe.skipIf(missing !== null)('the demo, with real processes and a real Prometheus', () => {
  it('ends well: the good version on everybody, the bad one on nobody', () => {
    expect(ended.stderr).not.toContain('not as it should be');
    expect(ended.code).toBe(0);
    const { releases } = lastJson(ended.stdout) as DemoResult;
    expect(releases).toMatchObject([
      { name: 'storefront-4.12.0', outcome: 'Completed', tenantsOnNew: 40, tenantsOnOld: 0 },
      { name: 'storefront-4.13.0', outcome: 'RolledBack', tenantsOnNew: 0, tenantsOnOld: 40 },
    ]);
    expect(releases[0]!.waves).toEqual([
      { name: 'free', targets: 2, promoted: 2, rolledBack: 0 },
      { name: 'business', targets: 14, promoted: 14, rolledBack: 0 },
      { name: 'enterprise', targets: 3, promoted: 3, rolledBack: 0 },
    ]);
  });

  it('takes back a finished wave, and touches no wave after the one that failed', () => {
    const { releases } = lastJson(ended.stdout) as DemoResult;
    expect(releases[1]!.waves).toEqual([
      { name: 'free', targets: 2, promoted: 2, rolledBack: 2 },
      { name: 'business', targets: 14, promoted: 0, rolledBack: 14 },
      { name: 'enterprise', targets: 3, promoted: 0, rolledBack: 0 },
    ]);
  });

  it('measures how soon it saw the harm and how soon it was over', () => {
    const { releases } = lastJson(ended.stdout) as DemoResult;
    const [good, bad] = releases;
    expect(good).toMatchObject({ detectedAfterSeconds: null, rolledBackAfterSeconds: null });
    expect(bad!.detectedAfterSeconds).toBeGreaterThan(0);
    expect(bad!.rolledBackAfterSeconds).toBeGreaterThan(0);
  });

  it('says the sentence that matters, and whom it hurt', () => {
    const story = ended.stderr;
    expect(story).toMatch(/wave business failed: \w+ p95 over 500 ms for [0-9.]+ % of [0-9 ]+ requests, allowed 5 %/);
    expect(story).toMatch(/in mid-rollback the daemon dies \(SIGKILL, pid \d+\)/);
    expect(story).toMatch(/● on 4\.12\.0: 40 tenants, 100 % of weight/);
    expect(story).toMatch(/! hurt by 4\.13\.0: 4 of 40 tenants: .*globex for [0-9.]+ s/);
  });

  it('leaves plan and evidence of both releases as Markdown', async () => {
    const { files } = lastJson(ended.stdout) as DemoResult;
    expect(files.map((file) => file.slice(dir.length + 1))).toEqual([
      'storefront-4.12.0.plan.md',
      'storefront-4.12.0.evidence.md',
      'storefront-4.13.0.plan.md',
      'storefront-4.13.0.evidence.md',
    ]);
    expect(files.every((file) => existsSync(file))).toBe(true);
    const evidence = await readFile(files[3]!, 'utf8');
    expect(evidence).toContain('**RolledBack**: wave business failed: ');
    expect(evidence).toMatch(/\| free +\| +2 \| +0 \| +2 \| +2 \| +0 \|/);
    expect(evidence).toContain('globex');
  });
});
