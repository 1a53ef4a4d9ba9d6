import type { CaseMetric, RunCase, ScriptedAnswer } from './run-case.ts';

/** How many runs are drawn, and from which seed. */
export const drawn = { count: 120, seed: 20_261_122 } as const;

const GOOD = [9];
const UNCLEAR = [3];
const BAD = [0];
const AWAY = { status: 503, says: 'server_error: server error: 503' };

/** Runs with limits and answers that nobody thought of; the same seed gives the same runs. */
export function drawnRuns(): readonly RunCase[] {
  const random = numbers(drawn.seed);
  return Array.from({ length: drawn.count }, (_, index) => drawnRun(`drawn ${index}`, random));
}

type Random = (below: number) => number;

function drawnRun(title: string, random: Random): RunCase {
  const metrics = Array.from({ length: 1 + random(3) }, (_, index) => drawnMetric(`m${index}`, random));
  const tried = metrics.filter(() => random(4) === 0);
  return {
    title: `${title}: ${metrics.map(({ name, ...metric }) => `${name} ${spoken(metric)}`).join('; ')}`,
    metrics,
    ...(tried.length > 0 ? { dryRun: tried.map(({ name }) => ({ metricName: `^${name}$` })) } : {}),
    answers: Object.fromEntries(metrics.map(({ name }) => [name, drawnAnswers(random)])),
  };
}

/** Limits within Argo's rules. */
function drawnMetric(name: string, random: Random): CaseMetric {
  const failureLimit = random(4) - 1;
  const consecutiveSuccessLimit = failureLimit < 0 ? 1 + random(3) : random(3);
  const inconclusiveLimit = random(3);
  const least = Math.max(1, Math.max(failureLimit, 0) + consecutiveSuccessLimit, inconclusiveLimit);
  return {
    name,
    interval: `${2 + random(2)}s`,
    count: least + random(3),
    failureLimit,
    inconclusiveLimit,
    consecutiveErrorLimit: random(2),
    consecutiveSuccessLimit,
    ...(random(6) === 0 ? { initialDelay: '2s' } : {}),
    ...(random(3) === 0 ? {} : { successCondition: 'result[0] > 5' }),
    ...(random(2) === 0 ? {} : { failureCondition: 'result[0] < 1' }),
  };
}

/** Mostly good ones; errors are rare, for each of them takes ten seconds. */
function drawnAnswers(random: Random): readonly ScriptedAnswer[] {
  const kinds = [GOOD, GOOD, GOOD, GOOD, UNCLEAR, UNCLEAR, BAD, BAD, BAD, [], AWAY];
  return Array.from({ length: 10 }, () => kinds[random(kinds.length)]!);
}

function spoken(metric: object): string {
  return Object.entries(metric)
    .map(([field, value]) => `${field} ${value as string | number}`)
    .join(' ');
}

/** Whole numbers below a bound, from a seed (mulberry32). */
function numbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
