import { beforeAll, describe, expect, inject, test } from 'vitest';
import { buildExpressionOracle } from '../../lab/expression-oracle.ts';
import { askOracle, type Question } from './expression-oracle/ask-oracle.ts';
import { generateExpression } from './expression-oracle/generate.ts';
import { handwritten } from './expression-oracle/handwritten.ts';
import { results } from './expression-oracle/results.ts';
import { type Tally, tallyOf, tallyText } from './expression-oracle/tally.ts';

const GENERATED = 40_000;

describe.skipIf(inject('lab') === null)('conditions mean what they mean to Argo', () => {
  let oracle = '';
  beforeAll(async () => {
    oracle = await buildExpressionOracle();
  });

  async function tallied(questions: readonly Question[]): Promise<Tally> {
    const tally = tallyOf(questions, await askOracle(oracle, questions));
    console.log(tallyText(tally));
    return tally;
  }

  test(`${GENERATED} generated expressions, each beside a result`, async () => {
    const tally = await tallied(generated(GENERATED));
    expect(tally.differences).toEqual([]);
    expect(tally.tooLarge).toBe(0);
    expect(tally.notSupported).toBeLessThan(GENERATED * 0.01);
    expect(tally.rounding).toBeLessThan(GENERATED * 0.001);
    expect(tally.otherMessages.length).toBeLessThan(GENERATED * 0.001);
    for (const kind of ['true', 'false', 'value', 'compile', 'run'] as const) {
      expect(tally.oracle[kind], kind).toBeGreaterThan(GENERATED * 0.02);
    }
  });

  test('every expression written by hand, beside every result', async () => {
    const questions = handwritten.flatMap((expression) => results.map((result): Question => ({ expression, result })));
    const tally = await tallied(questions);
    expect(tally.differences).toEqual([]);
    expect(tally.notSupported).toBeLessThan(questions.length * 0.05);
    expect(tally.otherMessages).toEqual([]);
  });
});

function generated(count: number): readonly Question[] {
  return Array.from({ length: count }, (_, seed): Question => {
    const result = results[seed % results.length] as Question['result'];
    return { expression: generateExpression(seed, result), result };
  });
}
