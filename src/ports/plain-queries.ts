import type { Instant } from '../domain/time.ts';

/** One number of an answer. `value` may be NaN or infinite. */
export interface AnsweredSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Queries to a metric source as somebody wrote them, for those who look at what it holds; verdicts come from `MetricSource`. */
export interface PlainQueries {
  readonly name: string;
  /**
   * Answers one instant query, as of a time, or of the server's own clock.
   *
   * @throws TerminalError when the server refuses it, TransientError when it may work later
   */
  ask(promql: string, at: Instant | null, signal: AbortSignal): Promise<readonly AnsweredSample[]>;
}
