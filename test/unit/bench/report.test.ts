import { describe, expect, it } from 'vitest';
import { atLeast, atMost, below, beside, medianFigure, unmeasured } from '../../bench/figure.ts';
import { quantile } from '../../bench/quantile.ts';
import { figureRow, headerRow, jsonLine } from '../../bench/report.ts';

describe('a figure', () => {
  it.each([
    ['at its upper bar holds it', atMost(3000, 'effect', 3000, 'ms').ok, true],
    ['over its upper bar misses it', atMost(0, 'lost', 1, 'of 1000').ok, false],
    ['at a strict bar misses it', below(150, 'help', 150, 'ms').ok, false],
    ['below a strict bar holds it', below(150, 'help', 149.99, 'ms').ok, true],
    ['at its lower bar holds it', atLeast(20, 'ratio', 20, 'x').ok, true],
    ['under its lower bar misses it', atLeast(20, 'ratio', 19.99, 'x').ok, false],
    ['without a bar is neither', beside('cpu', 1, 's').ok, null],
    ['that was not measured is neither', unmeasured('help', 'ms', 150, 'no cli').ok, null],
  ])('%s', (_, ok, wanted) => {
    expect(ok).toBe(wanted);
  });

  it('is compared before it is rounded', () => {
    expect(atMost(20, 'pass', 20.001, 'ms')).toMatchObject({ value: 20, ok: false });
  });

  it('keeps three digits below a thousand and whole numbers above', () => {
    expect([beside('a', 0.123456, 's').value, beside('b', 12_345.678, 's').value]).toEqual([0.123, 12_346]);
  });
});

describe('the median of runs', () => {
  const runs = [9, 1, 5].map((value) => atMost(5, 'time', value, 's'));

  it('is the middle one, with its own judgement', () => {
    expect(medianFigure(runs)).toMatchObject({ value: 5, ok: true });
  });

  it('is not measured when one run was not', () => {
    const failed = unmeasured('time', 's', 5, 'no Prometheus');
    expect(medianFigure([...runs, failed])).toBe(failed);
  });
});

describe('a quantile', () => {
  it.each([
    [0.5, 3],
    [0.99, 5],
    [1, 5],
    [0, 1],
  ])('%f of one to five is %i', (q, wanted) => {
    expect(quantile([5, 3, 1, 4, 2], q)).toBe(wanted);
  });

  it('of nothing is refused', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('the table', () => {
  const cells = (row: string) => row.split(/ {2,}/);

  it('says name, value, unit, bar and judgement of a figure, then what was measured', () => {
    expect(cells(headerRow())).toEqual(['name', 'value', 'unit', 'bar', 'ok']);
    expect(cells(figureRow(atMost(15, 'mutations', 16.2, 'per target', 'hub included')))).toEqual([
      'mutations',
      '16.2',
      'per target',
      '15',
      'MISSED',
      'hub included',
    ]);
  });

  it('shows a dash for what is not there', () => {
    expect(cells(figureRow(unmeasured('help', 'ms', null, 'no cli')))).toEqual(['help', '-', 'ms', '-', '-', 'no cli']);
  });
});

describe('the line for machines', () => {
  it('is one object with every figure; a note only where there is one', () => {
    const line = jsonLine([atMost(15, 'mutations', 9, 'per target'), unmeasured('help', 'ms', 150, 'no cli')]);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      results: [
        { name: 'mutations', value: 9, unit: 'per target', bar: 15, ok: true },
        { name: 'help', value: null, unit: 'ms', bar: 150, ok: null, note: 'no cli' },
      ],
    });
  });
});
