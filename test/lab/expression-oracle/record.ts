import { writeFileSync } from 'node:fs';
import { buildExpressionOracle } from '../../../lab/expression-oracle.ts';
import { type Answer, askOracle, type Question } from './ask-oracle.ts';
import { chanceOf } from './chance.ts';
import { generateExpression } from './generate.ts';
import { handwritten } from './handwritten.ts';
import { recordedCase, recordedFile } from './recorded.ts';
import { results } from './results.ts';

/** `node test/lab/expression-oracle/record.ts`: writes down what Argo makes of some of the expressions, for where there is no Go. */

const GENERATED = 300;

const oracle = await buildExpressionOracle();
const chance = chanceOf(1);

/** Of each expression a result beside which it is a condition, if there is one, and one beside which it is something else. */
async function recordedByHand(): Promise<readonly string[]> {
  const questions = handwritten.flatMap((expression) => results.map((result): Question => ({ expression, result })));
  const answers = await askOracle(oracle, questions);
  const lines = questions.map((question, index) => lineOf(question, answers[index]));
  return handwritten.flatMap((_, index) => {
    const own = range(index * results.length, results.length);
    const isBool = (at: number) => ['true', 'false'].includes(answers[at]?.condition ?? '');
    const [bools, others] = [own.filter(isBool), own.filter((at) => !isBool(at))];
    return [bools, others].flatMap((some) => (some.length === 0 ? [] : [lines[chance.pick(some)] ?? '']));
  });
}

async function recordedGenerated(): Promise<readonly string[]> {
  const questions = range(0, GENERATED).map((seed): Question => {
    const result = chance.pick(results);
    return { expression: generateExpression(seed, result), result };
  });
  const answers = await askOracle(oracle, questions);
  return questions.map((question, index) => lineOf(question, answers[index]));
}

function lineOf(question: Question, answer: Answer | undefined): string {
  if (answer === undefined) throw new Error(`recording ${question.expression}: no answer`);
  return JSON.stringify(recordedCase(question, answer));
}

function range(from: number, length: number): readonly number[] {
  return Array.from({ length }, (_, index) => from + index);
}

const lines = [...(await recordedByHand()), ...(await recordedGenerated())];
writeFileSync(recordedFile, `${lines.join('\n')}\n`);
process.stdout.write(`${lines.length} cases recorded\n`);
