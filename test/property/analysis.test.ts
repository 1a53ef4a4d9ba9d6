import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail } from '../../src/analysis/binomial-tail.ts';
import { judge } from '../../src/analysis/judge.ts';
import { parseSelector } from '../../src/analysis/parse-selector.ts';
import { escapeRe2, quotePromql, readPromqlString } from '../../src/analysis/promql-string.ts';
import { sumRows } from '../../src/analysis/sum-counts.ts';

const trials = fc.integer({ min: 0, max: 60 });
const chance = fc.double({ min: 0.0005, max: 0.9995, noNaN: true });
const counts = fc
  .tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([total, share]) => ({ good: total * share, total }));
const policy = fc.record({
  objective: fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
  minRequests: fc.integer({ min: 0, max: 1000 }),
});

/** The tail by its definition, term by term. */
function directTail(k: number, n: number, p: number): number {
  let choose = 1;
  let sum = 0;
  for (let i = 0; i <= n; i += 1) {
    if (i >= k) sum += choose * p ** i * (1 - p) ** (n - i);
    choose = (choose * (n - i)) / (i + 1);
  }
  return sum;
}

describe('binomialTail', () => {
  it('is the sum of its terms', () => {
    fc.assert(
      fc.property(trials, fc.integer({ min: -2, max: 62 }), chance, (n, k, p) => {
        expect(binomialTail(k, n, p)).toBeCloseTo(directTail(k, n, p), 10);
      }),
    );
  });

  it('falls with more bad events and rises with a likelier failure', () => {
    const many = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(many, fc.double({ min: 0, max: 1, noNaN: true }), chance, (n, share, p) => {
        const k = Math.floor(share * n);
        expect(binomialTail(k + 1, n, p)).toBeLessThanOrEqual(binomialTail(k, n, p) + 1e-9);
        expect(binomialTail(k, n, p * 0.9)).toBeLessThanOrEqual(binomialTail(k, n, p) + 1e-9);
      }),
    );
  });
});

describe('judge', () => {
  it('never fails counts within the objective, nor passes counts beyond it', () => {
    fc.assert(
      fc.property(counts, policy, (counted, wanted) => {
        const { kind } = judge({ canary: counted, stable: null }, wanted);
        const badRatio = 1 - counted.good / counted.total;
        if (kind === 'fail') expect(badRatio).toBeGreaterThan(1 - wanted.objective - 1e-9);
        if (kind === 'pass') expect(badRatio).toBeLessThan(1 - wanted.objective + 1e-9);
        if (counted.total < wanted.minRequests) expect(kind).toBe('inconclusive');
      }),
    );
  });

  it('does not soften when the same requests have more bad ones', () => {
    const order = { pass: 0, inconclusive: 1, fail: 2, missing: 3 };
    fc.assert(
      fc.property(counts, policy, fc.double({ min: 0, max: 1, noNaN: true }), (counted, wanted, part) => {
        const before = order[judge({ canary: counted, stable: null }, wanted).kind];
        const after =
          order[judge({ canary: { good: counted.good * part, total: counted.total }, stable: null }, wanted).kind];
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

describe('sumRows', () => {
  it('does not depend on how rows are split', () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1 }), fc.array(counts, { minLength: 1 }), (left, right) => {
        const all = sumRows([...left, ...right])!;
        const halves = sumRows([sumRows(left)!, sumRows(right)!])!;
        expect(all.total).toBeCloseTo(halves.total, 4);
        expect(all.good).toBeCloseTo(halves.good, 4);
      }),
    );
  });
});

describe('strings', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...Array.from('\\"{}$^.|\n\r`\'()')) }),
  );

  it('are read back as they were quoted', () => {
    fc.assert(
      fc.property(text, (value) => {
        const quoted = quotePromql(value);
        expect(readPromqlString(quoted, 0)).toEqual({ value, end: quoted.length });
        expect(quoted).not.toContain('{{');
      }),
    );
  });

  it('escaped for RE2 match themselves alone', () => {
    fc.assert(
      fc.property(text, text, (value, other) => {
        const pattern = new RegExp(`^(?:${escapeRe2(value)})$`);
        expect(pattern.test(value)).toBe(true);
        expect(pattern.test(other)).toBe(value === other);
      }),
    );
  });

  it('come through a selector unharmed', () => {
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseSelector(`requests_total{path=${quotePromql(value)}}`);
        expect(parsed).toEqual({
          kind: 'selector',
          selector: { metric: 'requests_total', matchers: [{ label: 'path', operator: '=', value }] },
        });
      }),
    );
  });
});
