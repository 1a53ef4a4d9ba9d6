import { expect, test } from 'vitest';
import type { Condition, ConditionProblem } from '../../../src/analysis/expression/condition.ts';
import { evaluateExpression } from '../../../src/analysis/expression/evaluate-condition.ts';
import { parseCondition } from '../../../src/analysis/expression/parse-condition.ts';
import { type Chance, chanceOf } from '../../lab/expression-oracle/chance.ts';
import { generateExpression } from '../../lab/expression-oracle/generate.ts';
import { results } from '../../lab/expression-oracle/results.ts';
import { words } from '../../lab/expression-oracle/words.ts';

const GARBAGE = 20_000;

test(`${GARBAGE} texts of garbage end as a condition or as a problem at a place of theirs`, {
  timeout: 120_000,
}, () => {
  const odd: string[] = [];
  const kinds = { condition: 0, problem: 0 };
  for (let seed = 0; seed < GARBAGE; seed += 1) {
    const chance = chanceOf(seed);
    const text = garbage(chance, seed);
    const condition = parseCondition(text);
    kinds[condition.kind] += 1;
    const isFine = condition.kind === 'condition' ? hasOutcome(condition, chance) : isRefused(condition, text);
    if (!isFine) odd.push(`seed ${seed}: ${JSON.stringify(condition)}`);
  }
  expect(odd).toEqual([]);
  expect(kinds.condition).toBeGreaterThan(GARBAGE * 0.02);
  expect(kinds.problem).toBeGreaterThan(GARBAGE * 0.5);
});

function hasOutcome(condition: Condition, chance: Chance): boolean {
  const outcome = evaluateExpression(condition, chance.pick(results));
  return outcome.kind === 'value' || outcome.message !== '';
}

function isRefused({ reason, position, message }: ConditionProblem, text: string): boolean {
  const isKnown = reason === 'Invalid' || reason === 'NotSupported' || reason === 'TooLarge';
  return isKnown && message !== '' && position >= 1 && position <= text.length + 1;
}

function garbage(chance: Chance, seed: number): string {
  const length = chance.happens(0.02) ? 2000 : chance.below(40);
  switch (chance.below(4)) {
    case 0:
      return characters(chance, length, 128);
    case 1:
      return characters(chance, length, 0x10ffff);
    case 2:
      return Array.from({ length }, () => chance.pick(words)).join(chance.pick(['', ' ']));
    default: {
      const text = generateExpression(seed, chance.pick(results));
      const at = chance.below(text.length + 1);
      return `${text.slice(0, at)}${characters(chance, chance.below(2), 128)}${text.slice(at + chance.below(4))}`;
    }
  }
}

function characters(chance: Chance, length: number, limit: number): string {
  return Array.from({ length }, () => String.fromCodePoint(chance.below(limit))).join('');
}

test.each(['{', '[:', '[[:', '\\x{', '\\p{', '(?', '(', '|', 'a*', '[', '.{9}', '(a?){9}', '\\Q'])(
  'a long pattern of nothing but %s is read or refused',
  { timeout: 60_000 },
  (part) => {
    const pattern = part.repeat(Math.floor(8000 / part.length)).replaceAll('\\', '\\\\');
    const condition = parseCondition(`result matches "${pattern.slice(0, 8000)}"`);
    expect(['condition', 'problem']).toContain(condition.kind);
    const dynamic = parseCondition('"aaaaaaaaaaaaaaaaaaaaaaaaaaaa" matches result');
    if (dynamic.kind === 'problem') throw new Error(dynamic.message);
    const outcome = evaluateExpression(dynamic, { kind: 'json', value: part.repeat(8000 / part.length) });
    expect(['value', 'error']).toContain(outcome.kind);
  },
);
