import type { PrometheusProvider } from '../../domain/analysis-template.ts';
import { instant } from '../../domain/time.ts';
import { parseGoDuration } from './go-duration.ts';
import { providerFault } from './provider-fault.ts';
import { rangeTime } from './range-time.ts';
import type { FindingPath, TemplateFinding } from './template-finding.ts';

/** Stands in for the Prometheus of whoever asks. */
const SOME_ADDRESS = 'http://prometheus';

/** What is wrong with how a Prometheus is asked, arguments filled in. */
export function providerFindings(provider: PrometheusProvider, path: FindingPath): readonly TemplateFinding[] {
  const fault = providerFault(provider, SOME_ADDRESS);
  const range = provider.rangeQuery;
  return [
    ...(fault === null ? [] : [{ path, reason: 'InvalidProvider', message: fault }]),
    ...(range === null ? [] : rangeFindings(range, [...path, 'rangeQuery'])),
  ];
}

function rangeFindings(
  { start, end, step }: NonNullable<PrometheusProvider['rangeQuery']>,
  path: FindingPath,
): readonly TemplateFinding[] {
  const readings = {
    start: rangeTime(start, instant(0)),
    end: rangeTime(end, instant(0)),
    step: parseGoDuration(step),
  };
  return Object.entries(readings).flatMap(([field, reading]) =>
    reading.kind === 'invalid'
      ? [{ path: [...path, field], reason: 'InvalidRange', message: `rangeQuery.${field}: ${reading.message}` }]
      : [],
  );
}
