import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atMost, beside, type Figure, unmeasured } from '../figure.ts';
import { LabUnavailable, type MeasuredLab, startMeasuredLab } from '../lab/measured-lab.ts';
import { startMovers } from '../lab/movers.ts';
import type { Sample } from '../lab/sample.ts';
import { runSituation } from '../lab/situation.ts';
import { markdownTable, type Tally, tallies } from '../lab/tally.ts';
import type { BenchmarkOptions } from '../registry.ts';

const TIMES = 1000;
const MOVERS = 100;
/**
 * Rollouts side by side. A controller loses commands when it has nothing else to do, since the next event makes up for one: with 28 at once
 * none of 1 000 plain patches was lost. So there are few on the quiet one.
 */
const LANES = { quiet: { ours: 4, plain: 6 }, underLoad: { ours: 8, plain: 20 } } as const;
/** Each lost one of these takes 15 s: fewer show what is lost as well. */
const PLAIN_SHARE = 0.1;
const EFFECT_BAR_MS = 3000;
const SAMPLES_FOLDER = 'out/bench';

/**
 * Each command to the real controller at the moment in which it loses them, as Tidegate sends it and as a plain patch, on a quiet
 * controller and beside 100 Rollouts that move. An interrupt ends it with what was measured by then.
 */
export async function run({ scale, count }: BenchmarkOptions): Promise<readonly Figure[]> {
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  const lab = await started();
  if (typeof lab === 'string') return [unmeasured('lost-commands-lab', 'lost', 0, lab)];
  try {
    return await measureBoth(lab, count ?? Math.max(10, Math.round(TIMES * scale)), stop.signal);
  } finally {
    await lab.stop();
  }
}

async function measureBoth(lab: MeasuredLab, count: number, signal: AbortSignal): Promise<readonly Figure[]> {
  const counts = { ours: count, plain: Math.ceil(count * PLAIN_SHARE) };
  const lanesOf = ({ ours, plain }: { readonly ours: number; readonly plain: number }) => ({
    ours: Math.min(ours, counts.ours),
    plain: Math.min(plain, counts.plain),
  });
  const rest = { counts, signal, log };
  const quiet = await runSituation(lab, { ...rest, name: 'quiet', lanes: lanesOf(LANES.quiet) });
  const figures = [...report('quiet', quiet)];
  if (signal.aborted) return figures;
  const movers = await startMovers(lab, MOVERS);
  const loaded = await runSituation(lab, { ...rest, name: 'under load', lanes: lanesOf(LANES.underLoad) });
  await movers.stop();
  log(`under load: ${MOVERS} others moved ${movers.moves()} times`);
  return [...figures, ...report('under load', loaded)];
}

/** Prints the table of a situation, and gives its figures. */
function report(situation: string, samples: readonly Sample[]): readonly Figure[] {
  const rows = tallies(samples);
  log(`${situation}:\n${markdownTable(rows)}`);
  writeSamples(situation, samples);
  return rows.flatMap((row) => figuresOf(situation, row));
}

function figuresOf(situation: string, tally: Tally): readonly Figure[] {
  const name = `lost-commands-lab ${situation} ${tally.command}`;
  const { effectMs, nudges } = tally;
  return [
    atMost(0, `${name} lost`, tally.lost, `of ${tally.sent}`, 'no effect after 15 s'),
    beside(`${name} lost when sent once`, tally.plainLost, `of ${tally.plainSent}`, 'a plain patch'),
    beside(`${name} needed a nudge`, tally.nudged, `of ${tally.sent}`, `at most ${nudges?.max ?? 0}`),
    effectMs === null
      ? unmeasured(`${name} effect p99`, 'ms', EFFECT_BAR_MS, 'none had an effect')
      : atMost(EFFECT_BAR_MS, `${name} effect p99`, effectMs.p99, 'ms', `p50 ${effectMs.p50}, max ${effectMs.max} ms`),
  ];
}

/** Every sample, for whoever asks more of them than the tables say. */
function writeSamples(situation: string, samples: readonly Sample[]): void {
  mkdirSync(SAMPLES_FOLDER, { recursive: true });
  const lines = samples.map((sample) => `${JSON.stringify(sample)}\n`);
  writeFileSync(join(SAMPLES_FOLDER, `lost-commands-lab-${situation.replaceAll(' ', '-')}.jsonl`), lines.join(''));
}

async function started(): Promise<MeasuredLab | string> {
  try {
    return await startMeasuredLab(log);
  } catch (error) {
    if (error instanceof LabUnavailable) return error.message;
    throw error;
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
