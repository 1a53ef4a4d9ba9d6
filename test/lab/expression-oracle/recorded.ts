import { readFileSync } from 'node:fs';
import type { JsonValue, MetricValue } from '../../../src/analysis/expression/metric-value.ts';
import type { Answer, Question } from './ask-oracle.ts';

/** An expression beside a result, and what Argo made of it. The result is JSON: floats are texts, for some are NaN. */
export interface RecordedCase {
  readonly expression: string;
  readonly result: {
    readonly kind: MetricValue['kind'];
    readonly floats?: readonly string[];
    readonly json?: JsonValue;
  };
  readonly answer: Answer;
}

/** Where the cases are that are tried without Go, one a line. */
export const recordedFile = new URL('../../unit/analysis-expression/recorded.jsonl', import.meta.url);

/** The cases as they were recorded. */
export function readRecorded(): readonly { readonly question: Question; readonly answer: Answer }[] {
  const lines = readFileSync(recordedFile, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { expression, result, answer } = JSON.parse(line) as RecordedCase;
    return { question: { expression, result: valueOf(result) }, answer };
  });
}

/** A case as it is written down. */
export function recordedCase({ expression, result }: Question, answer: Answer): RecordedCase {
  if (result.kind === 'json') return { expression, result: { kind: 'json', json: result.value }, answer };
  const floats = result.kind === 'scalar' ? [result.value] : result.values;
  return { expression, result: { kind: result.kind, floats: floats.map(floatText) }, answer };
}

function valueOf({ kind, floats = [], json = null }: RecordedCase['result']): MetricValue {
  if (kind === 'json') return { kind, value: json };
  const values = floats.map(Number);
  return kind === 'scalar' ? { kind, value: values[0] ?? 0 } : { kind, values };
}

function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
