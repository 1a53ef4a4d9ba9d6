import { describeQuery } from '../../analysis/describe-query.ts';
import { askSource } from '../../controller/measurer.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { MeasuredSlo } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import type { MeasurementState } from '../../release/snapshot.ts';
import { questionKey } from './judgement.ts';
import type { VerifiedUnit } from './units.ts';

/** One question to one source for all tenants together. */
export interface Question {
  readonly key: string;
  /** Names of the SLOs that it answers, sorted. */
  readonly slos: readonly string[];
  readonly source: MetricSourceSpec;
  readonly measured: MeasuredSlo;
  readonly rows: readonly { readonly cluster: string; readonly tenantId: string }[];
}

/** Groups what the units are judged by into one question for each source and bound. */
export function questionsOf(units: readonly VerifiedUnit[]): readonly Question[] {
  const questions = new Map<
    string,
    Question & { readonly slos: string[]; readonly rows: Question['rows'][number][] }
  >();
  for (const unit of units) {
    for (const { source, cluster, tenants } of unit.targets) {
      for (const { name, measured } of unit.slos) {
        const key = questionKey(source.name, measured);
        const question = questions.get(key) ?? { key, slos: [], source, measured, rows: [] };
        questions.set(key, question);
        if (!question.slos.includes(name)) question.slos.push(name);
        question.rows.push(...tenants.map(({ id }) => ({ cluster, tenantId: id })));
      }
    }
  }
  return [...questions.values()];
}

/** The time that is looked at: it ends at `at`. */
export interface Look {
  readonly at: Instant;
  readonly windowMs: number;
}

/** PromQL of a question for people, ten tenants named. */
export function queryOf({ measured, source, rows }: Question, { windowMs }: Look): string {
  const clusters = [...new Set(rows.map(({ cluster }) => cluster))].sort();
  const described = describeQuery({ measured, source, windowMs, clusters, tenantIds: rows.map((row) => row.tenantId) });
  return described.kind === 'query' ? described.text : described.message;
}

/** Asks all sources at once; one that has not answered within the deadline is unavailable. */
export async function askSources(
  questions: readonly Question[],
  sources: ReadonlyMap<string, MetricSource>,
  look: Look,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): Promise<ReadonlyMap<string, MeasurementState>> {
  const { at, windowMs } = look;
  const enough = new AbortController();
  const ended = new AbortController();
  const late = clock.sleep(deadlineMs, ended.signal);
  const answers = await Promise.all(
    questions.map(async ({ key, source, measured, rows }) => {
      const wanted = { key, source: source.name, measured, windowMs, intervalMs: windowMs, rows };
      const answer = askSource(sources.get(source.name), wanted, at, enough.signal);
      const message = `${source.name} did not answer within ${deadlineMs / 1000} s`;
      const given = late.then(
        (): MeasurementState => ({ kind: 'unavailable', at, reason: 'SourceUnavailable', message }),
      );
      return [key, await Promise.race([answer, given])] as const;
    }),
  );
  ended.abort();
  enough.abort();
  return new Map(answers);
}
