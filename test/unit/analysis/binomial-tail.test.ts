import { describe, expect, it } from 'vitest';
import { binomialTail } from '../../../src/analysis/binomial-tail.ts';

const edges: readonly (readonly [string, number, number, number, number])[] = [
  ['one head or more in two tosses', 1, 2, 0.5, 0.75],
  ['ten of ten', 10, 10, 0.1, 1e-10],
  ['none or more is certain', 0, 10, 0.1, 1],
  ['no trials, one failure', 1, 0, 0.5, 0],
  ['more than there are is impossible', 11, 10, 0.1, 0],
  ['with certainty all fail', 10, 10, 1, 1],
  ['where none can fail one is impossible', 1, 10, 0, 0],
];

/** k, n, p and the tail, summed with 60 digits. */
const reference: readonly (readonly [number, number, number, number])[] = [
  [4, 500, 0.001, 0.0017358521406212108],
  [3, 500, 0.001, 0.014330797584368917],
  [130, 1904, 0.05, 0.00028811171094449725],
  [20, 1000, 0.01, 0.0032883597877274664],
  [1050, 100_000, 0.01, 0.05870091529905877],
  [10_300, 1_000_000, 0.01, 0.0013631150395316937],
  [10_150, 10_000_000, 0.001, 0.0676259848385956],
  [505_000, 10_000_000, 0.05, 2.196767233647142e-13],
  [499_000, 10_000_000, 0.05, 0.9267379765374811],
  [900, 1000, 0.9, 0.5265990812951651],
  [5, 16, 0.1, 0.0170039982778795],
  [60, 10_000_000, 0.000001, 6.521101331989086e-27],
];

describe('binomialTail', () => {
  it.each(edges)('%s', (_, k, n, p, wanted) => {
    expect(binomialTail(k, n, p)).toBeCloseTo(wanted, 14);
  });

  it.each(reference)('of %d bad among %d at %d agrees with a sum in 60 digits', (k, n, p, wanted) => {
    expect(Math.abs(binomialTail(k, n, p) / wanted - 1)).toBeLessThan(1e-7);
  });
});
