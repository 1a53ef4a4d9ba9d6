import { metricOf } from '../../analysis/assess/assessment.ts';
import { valueText } from '../../analysis/assess/judge-answer.ts';
import type { PreparedAnalysis, PreparedMetric } from '../../analysis/assess/prepare.ts';
import type { RangeQuery } from '../../domain/analysis-template.ts';
import { formatInstant, type Instant } from '../../domain/time.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { readingReason } from './reading-reason.ts';
import type { Tried } from './try-once.ts';
import { conditionText, hidden, trySentence } from './try-report.ts';

/** The phase as an exit code; a run that was stopped before each metric had a value proves nothing. */
export function tryExitCode({ assessment }: Tried, { metrics }: PreparedAnalysis): ExitCode {
  switch (assessment.phase) {
    case 'Successful':
      return metrics.every(({ name }) => (metricOf(assessment, name)?.count ?? 0) > 0)
        ? exitCodes.done
        : exitCodes.inconclusive;
    case 'Failed':
      return exitCodes.verificationFailed;
    default:
      return exitCodes.inconclusive;
  }
}

/** A try for machines: every metric with what was asked, what came, and why it counts as it does. */
export function tryAnswer(
  tried: Tried,
  analysis: PreparedAnalysis,
  about: { readonly template: object; readonly at: Instant; readonly isFollowed: boolean },
): object {
  const { assessment } = tried;
  const message = trySentence(tried, about.isFollowed);
  return {
    template: about.template,
    at: formatInstant(about.at),
    phase: assessment.phase,
    message,
    isStopped: assessment.isStopped,
    metrics: analysis.metrics.map((metric) => metricAnswer(metric, tried, analysis.secrets)),
    exitCode: tryExitCode(tried, analysis),
  };
}

function metricAnswer(metric: PreparedMetric, { assessment, answers }: Tried, secrets: readonly string[]): object {
  const standing = metricOf(assessment, metric.name);
  const answer = answers.get(metric.name);
  const { asks } = metric;
  return {
    name: metric.name,
    dryRun: metric.dryRun,
    query: hidden(asks.query ?? '', secrets),
    rangeQuery: asks.rangeQuery === null ? null : withoutSecrets(asks.rangeQuery, secrets),
    successCondition: conditionText(metric, 'success', secrets),
    failureCondition: conditionText(metric, 'failure', secrets),
    phase: standing?.phase ?? 'Pending',
    value: answer?.kind === 'value' ? valueText(answer.value) : null,
    reason: answer === undefined ? 'not measured' : hidden(readingReason(metric, answer), secrets),
    count: standing?.count ?? 0,
    failed: standing?.failed ?? 0,
    inconclusive: standing?.inconclusive ?? 0,
    error: standing?.error ?? 0,
    measurements: (standing?.readings ?? []).map(({ startedAt, finishedAt, ...rest }) => ({
      ...rest,
      startedAt: formatInstant(startedAt),
      finishedAt: formatInstant(finishedAt),
    })),
  };
}

function withoutSecrets({ start, end, step }: RangeQuery, secrets: readonly string[]): RangeQuery {
  return { start: hidden(start, secrets), end: hidden(end, secrets), step: hidden(step, secrets) };
}
