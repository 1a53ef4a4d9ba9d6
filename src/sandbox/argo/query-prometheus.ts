import type { MeasureQuery } from './analysis-controller.ts';

const TIMEOUT_MS = 30_000;

/** Asks a real Prometheus, as the controller's provider does: an instant query; the vector's values in the server's order. */
export const queryPrometheus: MeasureQuery = async (address, promql, at) => {
  const body = new URLSearchParams({ query: promql, time: String(at / 1000) });
  const response = await fetch(`${address.replace(/\/$/, '')}/api/v1/query`, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer: unknown = await response.json();
  return valuesOf(answer);
};

interface QueryAnswer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: { readonly resultType?: string; readonly result?: unknown };
}

/** @throws Error when the query was refused, or the answer is of a type that conditions cannot read */
function valuesOf(answer: unknown): readonly number[] {
  const { status, error, data } = answer as QueryAnswer;
  if (status !== 'success') throw new Error(`query prometheus: ${error ?? 'no success'}`);
  if (data?.resultType === 'scalar') return [numberOf((data.result as readonly unknown[])[1])];
  if (data?.resultType !== 'vector') throw new Error('Prometheus metric type not supported');
  const samples = data.result as readonly { readonly value: readonly unknown[] }[];
  return samples.map(({ value }) => numberOf(value[1]));
}

/** Prometheus writes numbers as text, infinities with a sign. */
function numberOf(text: unknown): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}
