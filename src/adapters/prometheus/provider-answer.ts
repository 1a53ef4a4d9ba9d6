import { z } from 'zod';
import type { MetricAnswer } from '../../analysis/assess/judge-answer.ts';

const sample = z.tuple([z.number(), z.string()]);

const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
  z.object({
    status: z.literal('success'),
    warnings: z.array(z.string()).optional(),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('scalar'), result: sample }),
      z.object({ resultType: z.literal('string'), result: sample }),
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample.optional() })) }),
      z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(sample).optional() })) }),
    ]),
  }),
]);

/** How much of a server's own words goes into a message. */
const QUOTED_CHARACTERS = 500;

/**
 * Reads an answer of Prometheus' API as Argo's provider does: a scalar is a number, a vector its values without labels, a matrix the values
 * of all its series, one after the other. Warnings go along.
 */
export function readProviderAnswer(status: number, body: string): MetricAnswer {
  const read = answer.safeParse(jsonOf(body));
  if (!read.success) return { kind: 'error', message: `answered ${status}, and it is no answer of Prometheus` };
  if (read.data.status === 'error') {
    const { errorType, error } = read.data;
    return { kind: 'error', message: `${errorType}: ${error.slice(0, QUOTED_CHARACTERS)}` };
  }
  const { data, warnings = [] } = read.data;
  switch (data.resultType) {
    case 'scalar':
      return { kind: 'value', value: { kind: 'scalar', value: numberOf(data.result) }, warnings };
    case 'vector':
      return withoutHistograms(
        data.result.map(({ value }) => (value === undefined ? null : [value])),
        warnings,
      );
    case 'matrix':
      return withoutHistograms(
        data.result.map(({ values }) => values ?? null),
        warnings,
      );
    case 'string':
      return { kind: 'error', message: 'Prometheus metric type not supported' };
  }
}

/** A whole native histogram is no number that a condition could look at. */
function withoutHistograms(
  series: readonly (readonly z.infer<typeof sample>[] | null)[],
  warnings: readonly string[],
): MetricAnswer {
  if (series.includes(null)) {
    const message = 'the answer holds native histograms: take a number of them, by histogram_quantile or such';
    return { kind: 'error', message };
  }
  const values = series.flatMap((samples) => (samples ?? []).map(numberOf));
  return { kind: 'value', value: { kind: 'vector', values }, warnings };
}

function numberOf([, text]: z.infer<typeof sample>): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
