import pLimit from 'p-limit';
import type { Clock } from '../../ports/clock.ts';
import type { MetricAnswers, TargetAnswer } from '../../ports/grouped-queries.ts';
import {
  type Chunk,
  chunkAnswers,
  chunkQuery,
  type PreparedMetric,
  prepareMetric,
  singleAnswer,
  singleQuery,
} from './grouped-metric.ts';
import { type Asked, type AskPatiently, createPatience, type Patience } from './grouped-patience.ts';
import type { Round, RoundMetric } from './grouped-round.ts';
import { type Connection, instantQuery } from './instant-query.ts';

/** Asks the metrics of templates for many targets. One per Prometheus: it bounds what is under way there. */
export interface GroupedEvaluator {
  /** Answers for every target of every metric, in the order of the metrics; never rejects for what the server does. */
  evaluate(round: Round, signal: AbortSignal): Promise<readonly MetricAnswers[]>;
}

/** What an evaluator needs beside its server. */
export interface EvaluatorParts {
  readonly clock: Clock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  /** Queries that the server answers at the same time. @default 4 */
  readonly concurrency?: number;
  /** A round begins up to this much later, so that rounds of several daemons do not fall on one moment, ms. @default 0 */
  readonly spreadMs?: number;
}

/**
 * Queries that a round may send beyond its plan, to find the targets for which a grouped query is refused. Each costs as much as half of
 * the one before it.
 */
const MAX_HALVINGS = 100;

/** Taking queries apart is work: after so much of it others have their turn. */
const LONGEST_TURN_MS = 5;

/** Makes an evaluator; nothing needs closing. */
export function createGroupedEvaluator(connection: Connection, parts: EvaluatorParts): GroupedEvaluator {
  const { clock, random, concurrency = 4, spreadMs = 0 } = parts;
  const limit = pLimit(concurrency);
  const known = new WeakMap<RoundMetric, PreparedMetric>();
  const prepared = (metric: RoundMetric): PreparedMetric => {
    const found = known.get(metric) ?? prepareMetric(metric);
    known.set(metric, found);
    return found;
  };
  const what = `query ${connection.url}`;
  const ask = createPatience((promql, at, ends) => instantQuery(connection, { promql, at, what }, ends), limit, parts);
  return {
    async evaluate(round, signal) {
      const ended = new AbortController();
      const { at, deadlineAt } = round;
      const patience = { at, deadlineAt, signal: AbortSignal.any([signal, ended.signal]) };
      const timer = new AbortController();
      const alarm = clock.sleep(Math.max(0, deadlineAt - clock.now()), timer.signal).then(() => ended.abort());
      try {
        if (spreadMs > 0) await clock.sleep(Math.floor(random() * spreadMs), patience.signal);
        return await evaluateRound(round, prepared, { ask, patience, halvings: MAX_HALVINGS }, clock);
      } finally {
        timer.abort();
        await alarm;
      }
    },
  };
}

/** What the queries of one round share. */
interface Work {
  readonly ask: AskPatiently;
  readonly patience: Patience;
  /** How many are left. */
  halvings: number;
}

async function evaluateRound(
  { metrics }: Round,
  prepared: (metric: RoundMetric) => PreparedMetric,
  work: Work,
  clock: Clock,
): Promise<readonly MetricAnswers[]> {
  const answers: Promise<MetricAnswers>[] = [];
  let turnAt = clock.now();
  for (const metric of metrics) {
    answers.push(evaluateMetric(prepared(metric), work));
    if (clock.now() - turnAt < LONGEST_TURN_MS) continue;
    await clock.sleep(1, work.patience.signal);
    turnAt = clock.now();
  }
  return Promise.all(answers);
}

async function evaluateMetric(metric: PreparedMetric, work: Work): Promise<MetricAnswers> {
  const answers = new Map<string, TargetAnswer>();
  for (const { id, message } of metric.unanswerable) answers.set(id, { kind: 'refused', message });
  const settle = (settled: readonly (readonly [string, TargetAnswer])[]) => {
    for (const [id, answer] of settled) answers.set(id, answer);
  };
  await Promise.all([
    ...metric.chunks.map(async (chunk) => settle(await askChunk(metric, chunk, work))),
    ...metric.singles.map(async (target) => settle([[target.id, await askSingle(metric, target, work)]])),
  ]);
  return answers;
}

async function askSingle(
  metric: PreparedMetric,
  target: PreparedMetric['singles'][number],
  { ask, patience }: Work,
): Promise<TargetAnswer> {
  return singleAnswer(metric, await ask(() => singleQuery(metric, target), patience));
}

/**
 * One query for a chunk. Where one target's data may be what the server refuses (two elements for one place in a join), the halves are
 * asked by themselves, down to that target's own query.
 */
async function askChunk(
  metric: PreparedMetric,
  chunk: Chunk,
  work: Work,
): Promise<readonly (readonly [string, TargetAnswer])[]> {
  const asked = await work.ask(() => chunkQuery(chunk), work.patience);
  if (!mayBeOneTarget(asked) || work.halvings <= 0) return chunkAnswers(metric, chunk, asked);
  work.halvings -= 1;
  const [first, ...others] = chunk.targets;
  if (first === undefined || others.length === 0) {
    return Promise.all(
      chunk.targets.map(async ({ target }) => [target.id, await askSingle(metric, target, work)] as const),
    );
  }
  const middle = Math.ceil(chunk.targets.length / 2);
  const halves = [chunk.targets.slice(0, middle), chunk.targets.slice(middle)];
  const parts = await Promise.all(halves.map((targets) => askChunk(metric, { ...chunk, targets }, work)));
  return parts.flat();
}

/** A refusal, or a warning about data that do not fit an operation; not a warning that a part of the data is away. */
function mayBeOneTarget(asked: Asked): boolean {
  if (asked.kind === 'refused') return true;
  return asked.kind === 'missing' && asked.reason === 'PartialAnswer' && asked.message.includes('PromQL warning');
}
