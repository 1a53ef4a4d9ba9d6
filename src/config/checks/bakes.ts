import type { InputIssue } from '../../domain/errors.ts';
import { formatDuration } from '../../domain/time.ts';
import { issueAt } from '../document-source.ts';
import { type KnownDocument, parsedOf } from '../known-document.ts';

/**
 * A step must bake until a whole window of its own data is there: window + 2 × scrape interval of the slowest source.
 * Before that a verdict would speak of the step before.
 */
export function checkBakes(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const sources = parsedOf(documents, 'MetricSource').map(({ value }) => value);
  const [first, ...others] = sources;
  if (first === undefined) return [];
  const slowest = others.reduce(
    (slow, source) => (source.scrapeIntervalMs > slow.scrapeIntervalMs ? source : slow),
    first,
  );
  return parsedOf(documents, 'WavePlan').flatMap(({ source, value }) =>
    value.waves.flatMap((wave, index) => {
      const neededMs = wave.analysis.windowMs + 2 * slowest.scrapeIntervalMs;
      if (wave.bakeStepMs >= neededMs) return [];
      const sum = `analysis.window ${formatDuration(wave.analysis.windowMs)} + 2 × scrapeInterval ${formatDuration(slowest.scrapeIntervalMs)} of metric source "${slowest.name}"`;
      const message = `expected at least ${formatDuration(neededMs)} (${sum}), got ${formatDuration(wave.bakeStepMs)}`;
      return [issueAt(source, ['spec', 'waves', index, 'bake', 'step'], message)];
    }),
  );
}
