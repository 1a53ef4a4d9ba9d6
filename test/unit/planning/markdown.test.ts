import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import { about, bound, percentOf, share } from '../../../src/planning/document/figures.ts';
import { table } from '../../../src/planning/document/table.ts';
import { forecast } from '../../../src/planning/forecast.ts';
import { DOCUMENT_CHARACTERS_LIMIT, planMarkdown } from '../../../src/planning/markdown.ts';
import { fleetWith, inPool, NOW, ownNamespace, planned, tenant } from './storefront.ts';

function documentOf(plan: Plan): string {
  return planMarkdown({
    plan,
    forecast: forecast(plan, { startAt: NOW }),
    running: null,
    preflight: null,
    evidence: null,
  });
}

const hold = (reason: string) => ({ version: '4.11', reason, until: null });

describe('planMarkdown', () => {
  const small = documentOf(planned());

  it.each([
    ['the hash that is signed', planned().hash],
    ['who is held, with the reason', 'umbrella: Held; held on 4.11 until 2026-12-31T00:00:00.000Z: contract freeze'],
    ['effective weights', '10 % (33 %), 50 % (50 %)'],
    ['limits as people say them', 'at least 95 % below 300 ms'],
    ['windows in UTC', '2026-11-23 15:00 UTC'],
    ['resolved queries', 'tenant_id=~"T-globex|T-hooli|T-initech"'],
    ['what a failure takes back', 'every target of this release is taken back'],
    ['how long that takes', 'Everyone back within about'],
  ])('tells %s', (_, text) => {
    expect(small).toContain(text);
  });

  it('folds long lists into counts and stays below the limit', () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      tenant(`tenant-${index}`, {
        tier: 'business',
        placements: [ownNamespace('shared-eu', `ns-${index}`)],
        hold: index % 3 === 0 ? hold('a long story about a contract that was signed in another year') : null,
      }),
    );
    const plan = planned({ fleet: fleetWith(...many) });
    const text = documentOf(plan);
    expect(text.length).toBeLessThan(DOCUMENT_CHARACTERS_LIMIT);
    expect(text).toMatch(/and [\d ]+ more tenants \(all of them in the plan's JSON\)/);
    expect(text).toContain('Left out, 1 001 tenants:');
    expect(text).toContain('Appendix B');
  });

  it('stays below the limit even where one text alone is longer, and says that it was cut', () => {
    const held = tenant('eve', { placements: [ownNamespace('shared-eu', 'eve')], hold: hold('x '.repeat(70_000)) });
    const text = documentOf(planned({ fleet: fleetWith(held) }));
    expect(text.length).toBeLessThan(DOCUMENT_CHARACTERS_LIMIT);
    expect(text).toContain('(cut here');
  });

  it('a reason cannot break out of its line', () => {
    const held = tenant('eve', { placements: [inPool('free-eu')], hold: hold('one\n\n# Approved\n| two') });
    const lines = documentOf(planned({ fleet: fleetWith(held) })).split('\n');
    expect(lines).not.toContain('# Approved');
    expect(lines.some((line) => line.includes('one # Approved | two'))).toBe(true);
  });
});

describe('table', () => {
  it('lines up as plain text, numbers to the right, pipes escaped', () => {
    expect(
      table(
        ['Name', 'Count', 'Sign'],
        [
          ['a|b', '1 000', ''],
          ['c', '2', ''],
        ],
      ),
    ).toBe(
      [
        '| Name | Count | Sign |',
        '| ---- | ----: | ---- |',
        '| a\\|b | 1 000 |      |',
        '| c    |     2 |      |',
      ].join('\n'),
    );
  });
});

describe('figures', () => {
  it('a share above nothing never reads as nothing', () => {
    expect([share(0, 10), share(1, 10_000), share(1, 3), share(0, 0)]).toEqual(['0 %', '<0.1 %', '33.3 %', '0 %']);
  });

  it('objectives keep their digits and bounds their unit', () => {
    expect([percentOf(0.9995), percentOf(0.99), bound(0.3), bound(1), bound(0.0025)]).toEqual([
      '99.95 %',
      '99 %',
      '300 ms',
      '1 s',
      '2.5 ms',
    ]);
  });

  it('durations are as fine as a forecast is', () => {
    expect([about(31_000), about(90_500), about(900_000), about(6_120_001)]).toEqual([
      '31 s',
      '1 min 31 s',
      '15 min',
      '1 h 43 min',
    ]);
  });
});
