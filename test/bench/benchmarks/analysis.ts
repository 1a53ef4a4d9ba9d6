import type { RoundMetric } from '../../../src/adapters/prometheus/grouped-round.ts';
import type { MetricAnswers } from '../../../src/ports/grouped-queries.ts';
import { atLeast, below, beside, type Figure, unmeasured } from '../figure.ts';
import { median } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { analysisTargets, moreQueries, sloQueries } from '../world/analysis-fleet.ts';
import { type AnalysisWorld, createAnalysisWorld } from '../world/analysis-world.ts';
import { startMemoryMeter } from '../world/memory-meter.ts';
import { prometheusBinary } from '../world/prometheus-binary.ts';
import { startTurnMeter } from '../world/turn-meter.ts';

const WALL_BAR = 20;
const CPU_BAR = 15;
const MEMORY_BAR_MB = 150;
const BLOCK_BAR_MS = 100;
/** Rounds one after the other, so that the server's CPU can be told in steps of 10 ms. */
const ROUNDS = 10;
const SIZES = [500, 5000] as const;

/** Queries of templates for many tenants, grouped and one by one, on one real Prometheus. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const bin = await prometheusBinary();
  if (bin === null) return [unmeasured('analysis, grouped', 'x', WALL_BAR, 'no Prometheus is there')];
  const [few, many] = SIZES.map((size) => Math.max(20, Math.round(size * scale))) as [number, number];
  const world = await createAnalysisWorld(bin, many);
  try {
    // memory first: later there is room that was taken before
    const round = await measureRound(world, metricsOf([...sloQueries, ...moreQueries], many), many);
    return [...(await compare(world, few)), ...(await compare(world, many)), ...round];
  } finally {
    await world.stop();
  }
}

function metricsOf(queries: readonly string[], tenants: number): readonly RoundMetric[] {
  const targets = analysisTargets(tenants);
  return queries.map((query, index) => ({ name: `metric ${index}`, query, matchers: {}, targets }));
}

async function measureRound(
  world: AnalysisWorld,
  metrics: readonly RoundMetric[],
  tenants: number,
): Promise<readonly Figure[]> {
  const memory = startMemoryMeter();
  const turns = startTurnMeter();
  const wallMs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const since = performance.now();
    count(await world.together(metrics), metrics);
    wallMs.push(performance.now() - since);
  }
  const { residentBytes, heapBytes } = memory.most();
  memory.stop();
  turns.stop();
  const size = `${tenants} tenants × ${metrics.length} metrics`;
  return [
    below(
      MEMORY_BAR_MB,
      'analysis, memory of a round',
      residentBytes / 1e6,
      'MB added',
      `${size}, resident, three rounds`,
    ),
    beside('analysis, memory of a round, heap', heapBytes / 1e6, 'MB added', 'with its garbage'),
    below(
      BLOCK_BAR_MS,
      'analysis, longest block of a round',
      turns.longestCpuMs(),
      'ms CPU',
      'the first one takes the queries apart',
    ),
    beside('analysis, the first round', wallMs[0]!, 'ms', size),
    beside('analysis, later rounds', median(wallMs.slice(1)), 'ms', size),
  ];
}

/** Grouped rounds and own queries in turns, their answers compared. */
async function compare(world: AnalysisWorld, tenants: number): Promise<readonly Figure[]> {
  const metrics = metricsOf(sloQueries, tenants);
  const grouped = await world.together(metrics);
  const own = await measured(world, 1, () => world.oneByOne(metrics));
  refuseDifferent(grouped, own.answer);
  const together = await measured(world, ROUNDS, () => world.together(metrics));
  const size = `${tenants} tenants × ${metrics.length} SLOs`;
  return [
    atLeast(WALL_BAR, `analysis, grouped, ${tenants}`, own.wallMs / together.wallMs, 'x less wall', size),
    atLeast(
      CPU_BAR,
      `analysis, grouped, ${tenants}, server`,
      own.cpuMs / together.cpuMs,
      'x less CPU',
      'of Prometheus',
    ),
    beside(
      `analysis, a round, ${tenants}`,
      together.wallMs,
      'ms',
      `${Math.round(together.cpuMs)} ms CPU of Prometheus, mean of ${ROUNDS}`,
    ),
    beside(`analysis, a query each, ${tenants}`, own.wallMs, 'ms', `${Math.round(own.cpuMs)} ms CPU of Prometheus`),
  ];
}

async function measured<T>(
  world: AnalysisWorld,
  times: number,
  ask: () => Promise<T>,
): Promise<{ readonly wallMs: number; readonly cpuMs: number; readonly answer: T }> {
  const cpuMs = world.serverCpuMs();
  const since = performance.now();
  let answer = await ask();
  for (let time = 1; time < times; time += 1) answer = await ask();
  const wallMs = (performance.now() - since) / times;
  return { wallMs, cpuMs: (world.serverCpuMs() - cpuMs) / times, answer };
}

/** Every target has a number for every metric. */
function count(answers: readonly MetricAnswers[], metrics: readonly RoundMetric[]): void {
  for (const [index, { name, targets }] of metrics.entries()) {
    const known = [...(answers[index]?.values() ?? [])].filter((one) => one.kind === 'value');
    if (known.length !== targets.length)
      throw new Error(`${name}: ${known.length} of ${targets.length} have an answer`);
  }
}

function refuseDifferent(
  grouped: readonly MetricAnswers[],
  own: readonly ReadonlyMap<string, readonly number[]>[],
): void {
  for (const [index, answers] of own.entries()) {
    for (const [id, values] of answers) {
      const answer = grouped[index]?.get(id);
      const other = answer?.kind === 'value' && answer.value.kind === 'vector' ? answer.value.values : answer;
      if (JSON.stringify(other) !== JSON.stringify(values)) {
        throw new Error(`metric ${index} of ${id}: ${JSON.stringify(other)} together, ${JSON.stringify(values)} alone`);
      }
    }
  }
}
