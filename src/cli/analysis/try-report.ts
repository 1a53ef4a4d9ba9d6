import { type MetricAssessment, metricOf, type Reading } from '../../analysis/assess/assessment.ts';
import { type MetricAnswer, valueText } from '../../analysis/assess/judge-answer.ts';
import type { PreparedMetric } from '../../analysis/assess/prepare.ts';
import { printable } from '../../domain/printable.ts';
import { readingReason } from './reading-reason.ts';
import type { Tried } from './try-once.ts';

/** A metric and what is asked for it, before it is measured. */
export function metricLines(metric: PreparedMetric, secrets: readonly string[]): readonly string[] {
  const { query, rangeQuery } = metric.asks;
  return [
    `metric ${printable(metric.name)}${metric.dryRun ? ' (dry run: it does not count)' : ''}`,
    ...field('query', query ?? '', secrets),
    ...(rangeQuery === null
      ? []
      : field('range', `${rangeQuery.start} to ${rangeQuery.end}, step ${rangeQuery.step}`, secrets)),
    ...conditionLines(metric, 'success', secrets),
    ...conditionLines(metric, 'failure', secrets),
  ];
}

function conditionLines(
  metric: PreparedMetric,
  which: 'success' | 'failure',
  secrets: readonly string[],
): readonly string[] {
  const text = conditionText(metric, which, secrets);
  return text === null ? [] : field(which, text, []);
}

/** What came of a metric's measurement. */
export function readingLines(
  metric: PreparedMetric,
  { assessment, answers }: Tried,
  secrets: readonly string[],
): readonly string[] {
  const reading = metricOf(assessment, metric.name)?.readings.at(-1);
  const answer = answers.get(metric.name);
  if (reading === undefined || answer === undefined) return field('phase', 'not measured', []);
  return [
    ...(answer.kind === 'value' ? field('value', valueText(answer.value), []) : []),
    ...field('phase', reading.phase, []),
    ...field('reason', readingReason(metric, answer), secrets),
    ...reading.warnings.flatMap((warning) => field('warning', warning, [])),
  ];
}

/** A measurement of a run that goes on, in one line. */
export function progressLine(
  metric: PreparedMetric,
  reading: Reading,
  answer: MetricAnswer,
  standing: MetricAssessment | null,
  secrets: readonly string[],
): string {
  const value = answer.kind === 'value' ? ` ${printable(valueText(answer.value))}` : '';
  const reason = hidden(readingReason(metric, answer), secrets);
  return `${printable(metric.name)}: ${reading.phase}${value}: ${printable(reason)} (${standing === null ? '' : tally(metric, standing)})`;
}

function tally(
  { effectiveCount, failureLimit }: PreparedMetric,
  { count, failed, inconclusive, error }: MetricAssessment,
): string {
  const limit = failureLimit < 0 ? 'no limit' : `limit ${failureLimit}`;
  return [
    effectiveCount === null ? `${count} measured` : `${count} of ${effectiveCount} measured`,
    ...(failed > 0 ? [`${failed} failed, ${limit}`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : []),
    ...(error > 0 ? [`${error} errors`] : []),
  ].join(', ');
}

/** The end in one sentence. */
export function trySentence(tried: Tried, isFollowed: boolean): string {
  const { phase, message, metrics } = tried.assessment;
  if (isFollowed) {
    const because = message === '' ? '' : `: ${printable(message)}`;
    return tried.answers.size === 0 ? 'run: stopped before anything was measured' : `run: ${phase}${because}`;
  }
  const worst = metrics.filter((metric) => !metric.dryRun && metric.phase === phase).map(({ name }) => name);
  const which = phase === 'Successful' || worst.length === 0 ? '' : ` by ${printable(worst.join(', '))}`;
  return `run: ${phase}${which}, after one measurement of each metric`;
}

/** A condition with its arguments filled in; `null` where there is none. */
export function conditionText(
  metric: PreparedMetric,
  which: 'success' | 'failure',
  secrets: readonly string[],
): string | null {
  const condition = metric.conditions[which];
  const written = which === 'success' ? metric.successCondition : metric.failureCondition;
  const text = condition?.kind === 'condition' ? condition.text : written;
  return text === null ? null : hidden(text, secrets);
}

const LABEL_WIDTH = 9;

/** A field of several lines keeps them. */
function field(label: string, text: string, secrets: readonly string[]): readonly string[] {
  const lines = hidden(text, secrets).trimEnd().split('\n');
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${printable(line)}`);
}

/** A text with the values of secrets struck out. */
export function hidden(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((shown, secret) => shown.replaceAll(secret, '*****'), text);
}
