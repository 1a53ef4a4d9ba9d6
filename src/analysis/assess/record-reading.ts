import type { MetricAssessment, Reading } from './assessment.ts';

/** A metric before its first reading counts. */
export function unmeasured(name: string, dryRun: boolean): MetricAssessment {
  return {
    name,
    phase: 'Running',
    message: '',
    dryRun,
    count: 0,
    successful: 0,
    failed: 0,
    inconclusive: 0,
    error: 0,
    consecutiveError: 0,
    consecutiveSuccess: 0,
    readings: [],
  };
}

/** The metric with one more reading in its counters. An error is not counted as a measurement, and breaks both kinds of rows. */
export function withReading(standing: MetricAssessment, reading: Reading): MetricAssessment {
  const { phase } = reading;
  const plus = (wanted: Reading['phase']) => (phase === wanted ? 1 : 0);
  return {
    ...standing,
    count: standing.count + 1 - plus('Error'),
    successful: standing.successful + plus('Successful'),
    failed: standing.failed + plus('Failed'),
    inconclusive: standing.inconclusive + plus('Inconclusive'),
    error: standing.error + plus('Error'),
    consecutiveError: phase === 'Error' ? standing.consecutiveError + 1 : 0,
    consecutiveSuccess: phase === 'Successful' ? standing.consecutiveSuccess + 1 : 0,
    readings: [...standing.readings, reading],
  };
}
