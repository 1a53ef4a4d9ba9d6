import type { MetricValue } from '../../analysis/expression/metric-value.ts';
import type { QueryTarget } from '../../analysis/grouped/plan-queries.ts';
import type { AddedMatchers } from '../../analysis/query/add-matchers.ts';
import type { Instant } from '../../domain/time.ts';

/** A metric of a template and whom it is asked for. The same object in the next round saves the work of taking its query apart. */
export interface RoundMetric {
  /** For messages. */
  readonly name: string;
  /** PromQL, with `{{args.x}}` where targets have values of their own. */
  readonly query: string;
  /** What every selector of the query is narrowed by. */
  readonly matchers: AddedMatchers;
  readonly targets: readonly QueryTarget[];
}

/** What is asked together: everything as of one time. */
export interface Round {
  readonly at: Instant;
  /** What has no answer by then is missing. */
  readonly deadlineAt: Instant;
  readonly metrics: readonly RoundMetric[];
}

/** What a target's own query answers, or why nothing is known. Never a number that stands for a part of the data. */
export type TargetAnswer =
  | { readonly kind: 'value'; readonly value: MetricValue }
  | {
      readonly kind: 'missing';
      /** `Unanswered`, `DeadlineExceeded`, or the trouble's own name: `PartialAnswer`, `ClockSkew`. */
      readonly reason: string;
      readonly message: string;
    }
  /** The server refuses the query of this target. */
  | { readonly kind: 'refused'; readonly message: string };

/** The answers of one metric by the targets' ids. */
export type MetricAnswers = ReadonlyMap<string, TargetAnswer>;
