import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFiles } from '../../../src/adapters/files/read-files.ts';
import { baselinePlans } from '../../../src/cli/sandbox-baseline.ts';
import { evenTraffic, readTraffic, trafficModel } from '../../../src/cli/sandbox-traffic.ts';
import type { Inventory } from '../../../src/config/inventory.ts';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';

const NOW = instant(Date.parse('2026-11-23T09:00:00Z'));
let folder: string;
let inventory: Inventory;
let baseline: readonly Plan[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-traffic-'));
  inventory = loadInventory(await readFiles(['waves']));
  baseline = baselinePlans(inventory, null, '4.11.0', NOW);
});

afterAll(() => rm(folder, { recursive: true }));

async function modelOf(text: string) {
  const path = join(folder, 'some.traffic');
  await writeFile(path, text);
  return trafficModel(await readTraffic(path), inventory.fleet.tenants, baseline);
}

async function issuesOf(text: string): Promise<readonly string[]> {
  try {
    await modelOf(text);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.issues.map((issue) => `${issue.line}: ${issue.path}: ${issue.message}`);
  }
}

const START = 'baseline: 4.11.0\nrequestsPerSecond: { free: 1, business: 2 }\n';

describe('the traffic of the sandbox', () => {
  it('gives every tenant of every target its own rate, its tier’s, or a usual one', async () => {
    const { tenants } = await modelOf(`${START}tenants: { globex: 9 }\n`);
    const rateOf = new Map(tenants.map(({ id, requestsPerSecond }) => [id, requestsPerSecond]));
    expect(tenants).toHaveLength(40);
    expect(rateOf.get('T-00128')).toBe(9);
    expect(rateOf.get('T-00129')).toBe(2);
    expect(rateOf.get('T-00101')).toBe(1);
    expect(rateOf.get('T-00138')).toBe(100);
  });

  it('knows tenants by name where the model knows them by id', async () => {
    const { versions } = await modelOf(
      `${START}versions:\n  "2":\n  - slow: { share: 0.3, seconds: 0.8, tenants: [globex, hooli] }\n  - failing: { share: 0.1, tier: free }\n`,
    );
    expect(versions['2']).toEqual([
      { kind: 'slow', whom: { tier: null, tenant: 'T-00128' }, shareRatio: 0.3, seconds: 0.8 },
      { kind: 'slow', whom: { tier: null, tenant: 'T-00129' }, shareRatio: 0.3, seconds: 0.8 },
      { kind: 'failing', whom: { tier: 'free', tenant: null }, errorRatio: 0.1 },
    ]);
  });

  it.each([
    [
      'a tenant nobody has',
      `${START}tenants: { globx: 9 }\n`,
      ['3: tenants.globx: unknown tenant "globx"; did you mean "globex"?'],
    ],
    [
      'a share above 1',
      `${START}versions:\n  "2":\n  - slow: { share: 31, seconds: 1 }\n`,
      ['5: versions["2"][0].slow.share: expected at most 1, got 31'],
    ],
    [
      'two behaviours in one',
      `${START}versions:\n  "2":\n  - { failing: { share: 1 }, unmeasured: {} }\n`,
      ['5: versions["2"][0]: expected exactly one of slow, failing, unmeasured'],
    ],
    ['an unknown field', `${START}tenant: {}\n`, ['3: tenant: unknown field "tenant"; did you mean "tenants"?']],
    ['nothing in it', '', ['null: : the file is empty']],
  ])('refuses %s', async (_, text, issues) => {
    expect(await issuesOf(text)).toEqual(issues);
  });

  it('of the example touches business tenants only, and only in 4.13.0', async () => {
    const { versions } = trafficModel(await readTraffic('waves/sandbox.traffic'), inventory.fleet.tenants, baseline);
    const touched = Object.entries(versions).flatMap(([version, behaviours]) =>
      behaviours.map(({ whom }) => [version, whom.tenant]),
    );
    const business = inventory.fleet.tenants.filter(({ tier }) => tier === 'business').map(({ id }) => id);
    expect(touched.length).toBeGreaterThan(1);
    for (const [version, tenant] of touched) {
      expect(version).toBe('4.13.0');
      expect(business).toContain(tenant);
    }
  });
});

describe('the first version', () => {
  it('is the images of the workloads’ own templates, at every target', () => {
    expect(baseline.map(({ version }) => version.name)).toEqual(['4.11.0']);
    expect(Object.values(baseline[0]!.version.images)[0]).toContain('@sha256:6a6a1432');
    expect(baseline[0]!.waves.flatMap(({ targets }) => targets)).toHaveLength(19);
  });

  it('is that of a release where one is named', () => {
    expect(baselinePlans(inventory, 'storefront-4.12.0', 'x', NOW)[0]?.version.name).toBe('4.12.0');
  });

  it('also runs for who is held', () => {
    const hold = { version: '4.11.0', reason: 'contract', until: null };
    const tenants = inventory.fleet.tenants.map((one) => (one.name === 'acme' ? { ...one, hold } : one));
    const held = { ...inventory, fleet: { ...inventory.fleet, tenants } };
    const [plan] = baselinePlans(held, null, '4.11.0', NOW);
    expect(plan!.leftOut).toEqual([]);
  });

  it('is refused where no wave plan covers the workload, with why', () => {
    expect(() => baselinePlans({ ...inventory, wavePlans: [] }, null, 'x', NOW)).toThrow(
      'deploying the first version of storefront: there is no wave plan',
    );
  });
});

it('even traffic is healthy for everybody', () => {
  const model = trafficModel(evenTraffic, inventory.fleet.tenants, baseline);
  expect(new Set(model.tenants.map(({ requestsPerSecond }) => requestsPerSecond))).toEqual(new Set([100]));
  expect(model.versions).toEqual({});
});
