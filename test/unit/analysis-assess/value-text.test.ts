import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueText } from '../../../src/analysis/assess/judge-answer.ts';
import { readValueText } from '../../../src/analysis/assess/value-text.ts';
import type { MetricValue } from '../../../src/analysis/expression/metric-value.ts';

test('a value comes back from its text', () => {
  const value: fc.Arbitrary<MetricValue> = fc.oneof(
    fc.record({ kind: fc.constant('scalar' as const), value: fc.double() }),
    fc.record({ kind: fc.constant('vector' as const), values: fc.array(fc.double()) }),
  );
  fc.assert(
    fc.property(value, (one) => {
      expect(readValueText(valueText(one))).toEqual(one);
    }),
  );
});

test.each(['', 'good', '[0.9', '[a]', '{"a":1}', '[0.97,0.9…', '1e5'])('%s is none', (text) => {
  expect(readValueText(text)).toBeNull();
});
