import { describe, expect, it } from 'vitest';
import { checkWindow, durationOf, minRequestsOf, sinceOf, wavePlanOf } from '../../../../src/cli/verify/asked.ts';
import { later } from '../../../../src/domain/time.ts';
import { fleet, NOW, release, wavePlan, workload } from '../../planning/storefront.ts';
import { unitsOf } from './a-verification.ts';

describe('whom', () => {
  it('all: every target by tier and name, held tenants too', () => {
    expect(unitsOf().map(({ name }) => name)).toEqual(['globex', 'hooli', 'initech', 'acme', 'umbrella', 'pool-free']);
    expect(unitsOf().map(({ minRequests }) => minRequests)).toEqual([500, 500, 500, 500, 500, 500]);
  });

  it('a tenant by name or id: its own requests alone, whatever the scope of its wave', () => {
    for (const name of ['ada', 'T-ada']) {
      const [unit, ...others] = unitsOf({ wavePlan, selection: { kind: 'tenants', names: [name] } });
      expect(others).toEqual([]);
      expect(unit).toMatchObject({ name: 'ada', targets: [{ tenants: [{ name: 'ada', id: 'T-ada' }] }] });
    }
  });

  it('a target by id', () => {
    const selection = { kind: 'targets', ids: ['shared-eu/pool-free/storefront'] } as const;
    expect(unitsOf({ selection })).toMatchObject([{ name: 'pool-free', targets: [{ tenants: [{}, {}] }] }]);
  });

  it('without a wave plan: target by target, and one request suffices', () => {
    expect(unitsOf({ wavePlan: null }).map(({ minRequests }) => minRequests)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(unitsOf({ wavePlan: null, minRequests: 50 })[0]!.minRequests).toBe(50);
  });

  it.each([
    [
      'a tenant',
      { kind: 'tenants', names: ['globx'] },
      '--tenant: the workload is not served to "globx"; did you mean',
    ],
    ['a target', { kind: 'targets', ids: ['nowhere'] }, '--target: the workload is not served to "nowhere"'],
  ] as const)('not %s that is not there', (_, selection, words) => {
    expect(() => unitsOf({ selection })).toThrow(words);
  });

  it('nobody by a workload without SLOs', () => {
    expect(() => unitsOf({ workload: { ...workload, slos: [] } })).toThrow('there is nothing to judge');
  });
});

describe('by whose rules', () => {
  const quick = { ...wavePlan, name: 'quick' };
  const of = (wavePlans: readonly (typeof wavePlan)[]) => ({ fleet, workloads: [workload], wavePlans });
  const asked = { workload: 'storefront' };

  it.each([
    ['the only wave plan', [wavePlan], [], asked, 'saas-tiers'],
    ['none where there is none', [], [], asked, null],
    ['the named one', [quick, wavePlan], [], { ...asked, plan: 'quick' }, 'quick'],
    ['the one that its releases use', [quick, wavePlan], [release], asked, 'saas-tiers'],
    ['none where the requests are given', [quick, wavePlan], [], { ...asked, minRequests: '5' }, null],
  ] as const)('%s', (_, plans, releases, options, name) => {
    expect(wavePlanOf(of(plans), releases, options)?.name ?? null).toBe(name);
  });

  it.each([
    ['of two, nobody knows which', asked, 'whose rules? give --plan with one of quick, saas-tiers'],
    ['one that is not there', { ...asked, plan: 'quik' }, 'did you mean "quick"?'],
  ])('not %s', (_, options, words) => {
    expect(() => wavePlanOf(of([quick, wavePlan]), [], options)).toThrow(words);
  });
});

describe('how long', () => {
  it('since a time, or for how long it has been', () => {
    const now = later(NOW, 3_600_000);
    expect(sinceOf(undefined, now)).toBe(null);
    expect(sinceOf('1h', now)).toBe(NOW);
    expect(sinceOf(new Date(NOW).toISOString(), now)).toBe(NOW);
  });

  it.each([
    ['no time', () => sinceOf('soon', NOW), '--since: expected a time'],
    ['a time to come', () => sinceOf('2199-01-01T00:00:00Z', NOW), 'yet to come'],
    ['more than a day ago', () => sinceOf('2020-01-01T00:00:00Z', NOW), 'more than 24h ago'],
    ['no duration', () => durationOf('--for', '10'), '--for: expected a duration'],
    ['more than a day', () => durationOf('--for', '25h'), 'at most 24h'],
    ['no count', () => minRequestsOf('many'), '--min-requests: expected a whole number'],
    ['fewer than three scrapes', () => checkWindow(44_000, unitsOf()), 'scraped every 15s: give at least 45s'],
  ])('not %s', (_, ask, words) => {
    expect(ask).toThrow(words);
  });
});
