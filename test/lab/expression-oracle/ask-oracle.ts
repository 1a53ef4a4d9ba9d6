import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { MetricValue } from '../../../src/analysis/expression/metric-value.ts';

/** An expression beside a result. */
export interface Question {
  readonly expression: string;
  readonly result: MetricValue;
}

/** What Argo makes of it; `condition` is what its condition says: true, false, or the message of an error. */
export interface Answer {
  readonly class: 'value' | 'compile' | 'run' | 'panic';
  readonly value: string;
  readonly message: string;
  readonly condition: string;
}

/** Asks the oracle, all questions in one process; answers come in order. @throws Error if it ends before the last one */
export async function askOracle(program: string, questions: readonly Question[]): Promise<readonly Answer[]> {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers: Answer[] = [];
  const lines = createInterface({ input: child.stdout });
  child.stdin.on('error', () => child.kill());
  child.stdin.end(questions.map((question) => `${JSON.stringify(asLine(question))}\n`).join(''));
  for await (const line of lines) answers.push(JSON.parse(line) as Answer);
  if (answers.length !== questions.length) {
    const next = questions[answers.length]?.expression;
    throw new Error(`the oracle ended after ${answers.length} of ${questions.length} answers, at ${next}`);
  }
  return answers;
}

function asLine({ expression, result }: Question): unknown {
  switch (result.kind) {
    case 'scalar':
      return { Expression: expression, Kind: 'scalar', Floats: [floatText(result.value)] };
    case 'vector':
      return { Expression: expression, Kind: 'vector', Floats: result.values.map(floatText) };
    case 'json':
      return { Expression: expression, Kind: 'json', JSON: result.value };
  }
}

function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
