import type { GroupedQueries } from '../../ports/grouped-queries.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import { type CallOutcome, outcomeOf } from './call-outcome.ts';

/** One measurement that is over. */
export interface Measured {
  readonly source: string;
  readonly tookMs: number;
  readonly failure: { readonly outcome: Exclude<CallOutcome, 'ok'>; readonly message: string } | null;
}

/** The same source; `told` hears of every measurement that nobody broke off. @param now milliseconds of a clock that never goes back */
export function meterSource(source: MetricSource, now: () => number, told: (measured: Measured) => void): MetricSource {
  const { name, evaluate } = source;
  return {
    name,
    ...(evaluate === undefined ? {} : { evaluate: metered(evaluate, name, now, told) }),
    async measure(request, signal) {
      const startedMs = now();
      try {
        const rows = await source.measure(request, signal);
        told({ source: name, tookMs: now() - startedMs, failure: null });
        return rows;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const failure = { outcome: outcomeOf(error), message };
        if (!signal.aborted) told({ source: name, tookMs: now() - startedMs, failure });
        throw error;
      }
    },
  };
}

/** A round of queries fails as a whole where none of it was answered. */
function metered(
  evaluate: GroupedQueries['evaluate'],
  name: string,
  now: () => number,
  told: (measured: Measured) => void,
): GroupedQueries['evaluate'] {
  return async (round, signal) => {
    const startedMs = now();
    const answers = await evaluate(round, signal);
    const all = answers.flatMap((metric) => [...metric.values()]);
    const [first] = all;
    const isLost = first?.kind === 'missing' && all.every(({ kind }) => kind === 'missing');
    const failure = isLost ? { outcome: 'transient' as const, message: first.message } : null;
    if (!signal.aborted) told({ source: name, tookMs: now() - startedMs, failure });
    return answers;
  };
}
