import { describe, expect, it } from 'vitest';
import type { Selector } from '../../../src/domain/wave-plan.ts';
import { selects } from '../../../src/planning/match-selector.ts';
import { selector } from './storefront.ts';

const early = { tier: 'business', labels: { cohort: 'early', region: 'eu' } };
const unlabelled = { tier: 'business', labels: {} };
const notEarly = selector({ not: selector({ labels: { cohort: 'early' } }) });

describe('selects', () => {
  const cases: readonly [string, Selector, { tier: string; labels: Record<string, string> }, boolean][] = [
    ['an empty selector takes everyone', selector({}), unlabelled, true],
    ['rest takes everyone', selector({ rest: true, tiers: ['free'] }), early, true],
    ['one of the tiers', selector({ tiers: ['free', 'business'] }), early, true],
    ['another tier', selector({ tiers: ['free'] }), early, false],
    ['all labels must match', selector({ labels: { cohort: 'early', region: 'us' } }), early, false],
    ['tier and label together', selector({ tiers: ['business'], labels: { region: 'eu' } }), early, true],
    ['an absent label does not match', selector({ labels: { cohort: 'early' } }), unlabelled, false],
    ['not takes whoever is known to be another', notEarly, { tier: 'free', labels: { cohort: 'late' } }, true],
    ['not leaves out whoever matches', notEarly, early, false],
    ['an absent label never matches a negative selector', notEarly, unlabelled, false],
    ['not of a tier needs no label', selector({ not: selector({ tiers: ['free'] }) }), unlabelled, true],
    [
      'a known mismatch inside not decides, whatever else is absent',
      selector({ not: selector({ tiers: ['free'], labels: { cohort: 'early' } }) }),
      unlabelled,
      true,
    ],
    ['not of not', selector({ not: notEarly }), early, true],
    ['a label named like a method of objects is absent', selector({ labels: { constructor: 'x' } }), unlabelled, false],
  ];
  it.each(cases)('%s', (_, rule, tenant, expected) => {
    expect(selects(rule, tenant)).toBe(expected);
  });
});
