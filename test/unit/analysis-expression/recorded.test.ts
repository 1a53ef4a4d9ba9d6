import { describe, expect, test } from 'vitest';
import { difference, ownAnswer } from '../../lab/expression-oracle/compare.ts';
import { readRecorded } from '../../lab/expression-oracle/recorded.ts';

const cases = readRecorded();

describe('what Argo was recorded to make of expressions', () => {
  test('there are some hundreds of cases, of every kind of answer', () => {
    const conditions = cases.map(({ answer }) => answer.condition);
    expect(conditions.filter((condition) => condition === 'true').length).toBeGreaterThan(100);
    expect(conditions.filter((condition) => condition === 'false').length).toBeGreaterThan(100);
    for (const kind of ['value', 'compile', 'run'] as const) {
      expect(cases.filter(({ answer }) => answer.class === kind).length, kind).toBeGreaterThan(80);
    }
  });

  test('is what we make of them, or we refuse by name', () => {
    const refused = cases.filter(({ question }) => ownAnswer(question).class === 'refused');
    expect(refused.length).toBeLessThan(cases.length * 0.05);
    const differing = cases
      .filter((recorded) => !refused.includes(recorded))
      .flatMap(({ question, answer }) => {
        const own = ownAnswer(question);
        const found = difference(own, answer);
        return found === null ? [] : [{ question, own, answer, found }];
      });
    expect(differing).toEqual([]);
  });
});
