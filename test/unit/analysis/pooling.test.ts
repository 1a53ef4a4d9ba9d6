import { describe, expect, it } from 'vitest';
import { selectRows, sumRows } from '../../../src/analysis/sum-counts.ts';
import { worstVerdict } from '../../../src/analysis/worst-verdict.ts';
import type { Verdict, VerdictKind } from '../../../src/domain/verdict.ts';

const row = (cluster: string, tenantId: string, revision: string, total: number) => ({
  cluster,
  tenantId,
  revision,
  good: total - 1,
  total,
});
const rows = [
  row('a', 't1', 'new', 10),
  row('a', 't1', 'old', 20),
  row('a', 't2', 'new', 30),
  row('b', 't1', 'new', 40),
];

describe('selectRows', () => {
  it('keeps cluster, tenants and revision apart', () => {
    expect(selectRows(rows, { cluster: 'a', tenantIds: ['t1', 't2'], revision: 'new' })).toEqual([rows[0], rows[2]]);
    expect(selectRows(rows, { cluster: 'a', tenantIds: ['t1'], revision: 'old' })).toEqual([rows[1]]);
  });

  it('takes every revision when none is named', () => {
    expect(selectRows(rows, { cluster: 'a', tenantIds: ['t1'], revision: null })).toEqual([rows[0], rows[1]]);
  });

  it('finds nothing where nothing is', () => {
    expect(selectRows(rows, { cluster: 'c', tenantIds: ['t1'], revision: null })).toEqual([]);
  });
});

describe('sumRows', () => {
  it('adds good and total', () => {
    expect(sumRows(rows)).toEqual({ good: 96, total: 100 });
  });

  it('of no rows is no data, not 0', () => {
    expect(sumRows([])).toBeNull();
  });
});

describe('worstVerdict', () => {
  const verdict = (kind: VerdictKind, message: string = kind): Verdict => ({ kind, reason: 'Some', message });

  it.each<readonly [VerdictKind, readonly VerdictKind[]]>([
    ['fail', ['pass', 'missing', 'inconclusive', 'fail']],
    ['missing', ['inconclusive', 'missing', 'pass']],
    ['inconclusive', ['pass', 'inconclusive']],
    ['pass', ['pass', 'pass']],
  ])('is %s of %j', (wanted, kinds) => {
    expect(worstVerdict(kinds.map((kind) => verdict(kind))).kind).toBe(wanted);
  });

  it('is the first of the worst', () => {
    expect(worstVerdict([verdict('pass'), verdict('fail', 'one'), verdict('fail', 'two')]).message).toBe('one');
  });

  it('of nothing is missing, not a pass', () => {
    expect(worstVerdict([])).toMatchObject({ kind: 'missing', reason: 'NothingMeasured' });
  });
});
