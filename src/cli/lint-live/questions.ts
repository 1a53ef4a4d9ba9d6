import type { Instant } from '../../domain/time.ts';
import type { AnsweredSample, PlainQueries } from '../../ports/plain-queries.ts';

/** One source, asked as of one time; a question that was answered is not asked again. */
export interface Questions {
  readonly at: Instant;
  readonly ask: (promql: string) => Promise<readonly AnsweredSample[]>;
  /** The number of an answer of one row; 0 for none, as `count` has it. */
  readonly count: (promql: string) => Promise<number>;
  /** Queries that were sent. */
  readonly asked: () => number;
}

/** Opens a source for questions about one moment. */
export function questionsTo(source: PlainQueries, at: Instant, signal: AbortSignal): Questions {
  const known = new Map<string, Promise<readonly AnsweredSample[]>>();
  const ask = (promql: string): Promise<readonly AnsweredSample[]> => {
    const answer = known.get(promql) ?? source.ask(promql, at, signal);
    known.set(promql, answer);
    return answer;
  };
  return {
    at,
    ask,
    count: async (promql) => (await ask(promql))[0]?.value ?? 0,
    asked: () => known.size,
  };
}
