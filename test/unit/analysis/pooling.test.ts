import { describe, expect, it } from 'vitest';
import { sumRows } from '../../../src/analysis/sum-counts.ts';

const rows = [10, 20, 30, 40].map((total) => ({ good: total - 1, total }));

describe('sumRows', () => {
  it('adds good and total', () => {
    expect(sumRows(rows)).toEqual({ good: 96, total: 100 });
  });

  it('of no rows is no data, not 0', () => {
    expect(sumRows([])).toBeNull();
  });
});
