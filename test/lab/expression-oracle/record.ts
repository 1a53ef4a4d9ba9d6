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

/** Of each expression a result for each kind of answer that Argo gives; one that is refused beforehand only if there is no other. */
async function recordedByHand(): Promise<readonly string[]> {
  const questions = handwritten.flatMap((expression) => results.map((result): Question => ({ expression, result })));
  const answers = await askOracle(oracle, questions);
  return handwritten.flatMap((_, index) => {
    const own = range(index * results.length, results.length);
    const kinds = Map.groupBy(own, (at) => (isCondition(answers[at]) ? 'condition' : answers[at]?.class));
    if (kinds.size > 1) kinds.delete('compile');
    return [...kinds.values()].map((some) => {
      const at = chance.pick(some);
      return lineOf(questions[at] as Question, answers[at]);
    });
  });
}

function isCondition(answer: Answer | undefined): boolean {
  return answer?.condition === 'true' || answer?.condition === 'false';
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
