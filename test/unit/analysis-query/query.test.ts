import { describe, expect, test } from 'vitest';
import { addMatchers, literalMatchers } from '../../../src/analysis/query/add-matchers.ts';
import { lookbackMs } from '../../../src/analysis/query/lookback.ts';

describe('how far back a query looks', () => {
  test.each([
    ['nowhere for an instant selector', 'up', 0],
    ['over its range', 'rate(a[5m])', 300_000],
    ['over range and offset', 'rate(a[5m] offset 1h30m)', 5_700_000],
    ['over a subquery and the range inside', 'max_over_time(sum(rate(a[1m]))[10m:30s])', 660_000],
    ['over the longest of its parts', 'rate(a[1m]) / rate(b[90s] offset 500ms)', 90_500],
    ['over seconds without a unit', 'rate(a[300])', 300_000],
  ])('%s', (_, query, ms) => {
    expect(lookbackMs(query)).toEqual({ kind: 'lookback', ms });
  });

  test.each([
    ['a fixed time', 'a @ 1000', 1, 'a time fixed by @'],
    ['the future', 'rate(a[5m] offset -1m)', 6, 'a negative offset'],
    ['what is no query', 'sum(', 1, ''],
  ])('is refused for %s', (_, query, least, message) => {
    const found = lookbackMs(query);
    if (found.kind !== 'problem') throw new Error('expected a problem');
    expect(found.message).toContain(message);
    expect(found.position).toBeGreaterThanOrEqual(least);
  });
});

describe('the matchers of a source', () => {
  test.each([
    ['behind a bare name', 'sum(rate(a[1m]))', 'sum(rate(a{cluster="eu\\"1"}[1m]))'],
    ['into empty braces', 'a{}', 'a{cluster="eu\\"1"}'],
    ['before others', 'a{b="c"} / on (x) d{e=~"f"}', 'a{cluster="eu\\"1",b="c"} / on (x) d{cluster="eu\\"1",e=~"f"}'],
    ['into a selector without a name', '{__name__="a"}', '{cluster="eu\\"1",__name__="a"}'],
    ['beside arguments', 'a{b="{{args.b}}"}', 'a{cluster="eu\\"1",b="{{args.b}}"}'],
  ])('come %s', (_, query, expected) => {
    expect(addMatchers(query, { cluster: 'eu"1' })).toBe(expected);
  });

  test('are none where the source has none', () => {
    expect(addMatchers('not a query (', {})).toBe('not a query (');
  });

  test('are told from those that a query has', () => {
    expect(literalMatchers('a{b="c",d!="e"} / f{g="h"}')).toEqual([
      { label: 'b', value: 'c' },
      { label: 'g', value: 'h' },
    ]);
  });
});
