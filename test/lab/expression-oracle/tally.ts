import type { Answer, Question } from './ask-oracle.ts';
import { difference, ownAnswer } from './compare.ts';

/** How a set of questions was answered by the oracle and by us. */
export interface Tally {
  readonly asked: number;
  /** By what the oracle says: `true`, `false`, another value, an error before evaluating or while. */
  readonly oracle: Readonly<Record<'true' | 'false' | 'value' | 'compile' | 'run' | 'panic', number>>;
  /** Refused by us whatever the oracle says. */
  readonly notSupported: number;
  readonly tooLarge: number;
  /** Powers that differ in the last bits. */
  readonly rounding: number;
  /** An error to both, in other words. */
  readonly otherMessages: readonly string[];
  /** Differences in value, or in whether there is one. */
  readonly differences: readonly string[];
}

/** Compares answers with our own. */
export function tallyOf(questions: readonly Question[], answers: readonly Answer[]): Tally {
  const oracle = { true: 0, false: 0, value: 0, compile: 0, run: 0, panic: 0 };
  const [differences, otherMessages]: [string[], string[]] = [[], []];
  const counts = { notSupported: 0, tooLarge: 0, rounding: 0 };
  for (const [index, question] of questions.entries()) {
    const answer = answers[index] as Answer;
    oracle[kindOf(answer)] += 1;
    const own = ownAnswer(question);
    if (own.reason === 'NotSupported') counts.notSupported += 1;
    if (own.reason === 'TooLarge') counts.tooLarge += 1;
    if (own.class === 'refused') continue;
    const found = difference(own, answer);
    const line = () => `${JSON.stringify(question)}: ours ${JSON.stringify(own)}, Argo's ${JSON.stringify(answer)}`;
    if (found === 'rounding') counts.rounding += 1;
    if (found === 'meaning') differences.push(line());
    if (found === 'message') otherMessages.push(line());
  }
  return { asked: questions.length, oracle, ...counts, otherMessages, differences };
}

function kindOf(answer: Answer): keyof Tally['oracle'] {
  return answer.condition === 'true' || answer.condition === 'false' ? answer.condition : answer.class;
}

/** One line for people. */
export function tallyText({ asked, oracle, ...own }: Tally): string {
  const kinds = Object.entries(oracle).map(([kind, count]) => `${count} ${kind}`);
  const refused = `${own.notSupported} not supported, ${own.tooLarge} too large`;
  const differing = `${own.differences.length} differences, ${own.rounding} in last bits, ${own.otherMessages.length} other messages`;
  return `${asked} expressions beside results: ${kinds.join(', ')}; refused: ${refused}; ${differing}`;
}
