import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { planHash, verifyPlan } from '../../../src/planning/hash.ts';
import { fromSlices, SLICE_BYTES_LIMIT, toSlices } from '../../../src/planning/slices.ts';
import { fleet, ownNamespace, planned, tenant } from './storefront.ts';

const many = Array.from({ length: 700 }, (_, index) =>
  tenant(`tenant-${index}-é`, { tier: 'business', placements: [ownNamespace('shared-eu', `ns-${index}`)] }),
);
const plan = planned();
const large = planned({ fleet: { ...fleet, tenants: [...fleet.tenants, ...many] } });
const bytes = (text: string): number => new TextEncoder().encode(text).length;

describe('slices', () => {
  it('a small plan is one slice and comes back as it was', () => {
    const slices = toSlices(plan);
    expect(slices).toHaveLength(1);
    expect(fromSlices(slices)).toEqual(plan);
  });

  it('a large plan is cut below the limit and comes back from any order', () => {
    const slices = toSlices(large);
    expect(slices.length).toBeGreaterThan(1);
    expect(Math.max(...slices.map(bytes))).toBeLessThanOrEqual(SLICE_BYTES_LIMIT);
    expect(fromSlices([...slices].reverse())).toEqual(large);
  });

  const [first = '', ...others] = toSlices(large);
  const cases: readonly [string, readonly string[], RegExp][] = [
    ['nothing', [], /there is no slice/],
    ['a part is missing', [first, ...others.slice(1)], /is missing/],
    ['a part is there twice', [first, first, ...others], /is missing/],
    ['parts of two plans', [first, ...others.map((text) => text.replace(large.hash, plan.hash))], /of two plans/],
    ['not JSON', ['{'], /not JSON/],
    ['another document', ['{"kind":"Tenant"}'], /no hash or no entries/],
    ['a changed number', [first.replace('"maxFailures":0', '"maxFailures":9'), ...others], /content hashes to/],
    [
      'a changed image',
      [first, ...others].map((text) => text.replace('progressDeadlineSeconds":600', 'progressDeadlineSeconds":6')),
      /its bytes have another digest/,
    ],
  ];
  it.each(cases)('refuses: %s', (_, texts, message) => {
    expect(() => fromSlices(texts)).toThrow(InvalidInput);
    expect(() => fromSlices(texts)).toThrow(message);
  });
});

describe('the hash', () => {
  it('is 64 hex digits and that of the content', () => {
    expect(plan.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(planHash(plan)).toBe(plan.hash);
    expect(verifyPlan(plan)).toBe(plan);
  });

  it('does not depend on the order of fields', () => {
    expect(planHash(Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan)).toBe(plan.hash);
  });

  it('changes with every field', () => {
    const changed: readonly (typeof plan)[] = [
      { ...plan, release: 'other' },
      { ...plan, waves: plan.waves.slice(1) },
      { ...plan, rollback: { ...plan.rollback, maxConcurrency: 51 } },
      { ...plan, leftOut: [] },
      { ...plan, findings: [] },
      { ...plan, manifests: {} },
    ];
    const hashes = changed.map(planHash);
    expect(new Set([...hashes, plan.hash]).size).toBe(changed.length + 1);
  });
});
