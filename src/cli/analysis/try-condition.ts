import { sampleText } from '../../analysis/assess/go-number.ts';
import { valueText } from '../../analysis/assess/judge-answer.ts';
import { evaluateExpression } from '../../analysis/expression/evaluate-condition.ts';
import type { JsonValue } from '../../analysis/expression/metric-value.ts';
import { parseCondition } from '../../analysis/expression/parse-condition.ts';
import { printable } from '../../domain/printable.ts';
import type { Output } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { badArgument } from '../failure.ts';
import { metricValue, readResult } from './given-result.ts';

/** Says what a bare condition is beside a value: true is 0, false 35, what is neither 40. @throws InvalidInput when it cannot be read */
export async function tryCondition(
  text: string,
  result: string,
  output: Pick<Output, 'line' | 'answer'>,
): Promise<ExitCode> {
  const condition = parseCondition(text);
  if (condition.kind === 'problem') {
    throw badArgument(`--condition: at character ${condition.position}: ${condition.message}`);
  }
  const value = metricValue(await readResult(result));
  const outcome = evaluateExpression(condition, value);
  const about = {
    condition: text,
    result: value.kind === 'json' ? JSON.stringify(writable(value.value)) : valueText(value),
  };
  if (outcome.kind === 'error') {
    output.line(`error: ${printable(outcome.message)}`);
    output.answer({
      ...about,
      kind: 'error',
      reason: outcome.reason,
      message: outcome.message,
      exitCode: exitCodes.inconclusive,
    });
    return exitCodes.inconclusive;
  }
  const shown = JSON.stringify(writable(outcome.value));
  const exitCode = exitCodeOf(outcome.value);
  const remark = typeof outcome.value === 'boolean' ? '' : `: a condition must be true or false`;
  output.line(`${printable(shown)} (${outcome.type})${remark}`);
  output.answer({ ...about, kind: 'value', value: writable(outcome.value), type: outcome.type, exitCode });
  return exitCode;
}

function exitCodeOf(value: unknown): ExitCode {
  if (typeof value !== 'boolean') return exitCodes.inconclusive;
  return value ? exitCodes.done : exitCodes.verificationFailed;
}

/** JSON has no NaN and no infinity: they are texts. */
function writable(value: JsonValue): JsonValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : sampleText(value);
  if (Array.isArray(value)) return value.map(writable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, writable(one)]));
}
