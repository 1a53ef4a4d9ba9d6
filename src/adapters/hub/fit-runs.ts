import type { AnalysisSample, DecidingSample, TargetRun } from '../../domain/target-run.ts';
import { writeRun } from './run-record.ts';

/** Room for the samples of one WaveRun's targets: its 64 KiB without what the API server adds to them. */
const ROOM_BYTES = 62 * 1024;

/** A sample of one target, to be kept or not. */
interface Candidate {
  readonly target: number;
  readonly rank: number;
  readonly bytes: number;
  readonly keep: { readonly deciding: DecidingSample } | { readonly analysis: AnalysisSample };
}

/**
 * The runs as they fit into one object. Where their samples do not, what failed is kept before what was in doubt, and that before what
 * passed; of each target what decided comes before its others. How many are left out is counted.
 */
export function fitRuns(runs: readonly TargetRun[], roomBytes = ROOM_BYTES): readonly TargetRun[] {
  if (sizeOf(runs.map(writeRun)) <= roomBytes) return runs;
  const bare = runs.map((run) => without(run));
  let left = roomBytes - sizeOf(bare.map(writeRun));
  const kept = new Set<DecidingSample | AnalysisSample>();
  for (const { keep, bytes } of runs.flatMap(candidatesOf).sort((a, b) => a.rank - b.rank || a.target - b.target)) {
    if (bytes > left) continue;
    left -= bytes;
    kept.add('deciding' in keep ? keep.deciding : keep.analysis);
  }
  return runs.map((run) => keeping(run, kept));
}

function without(run: TargetRun): TargetRun {
  const samplesDropped = (run.samplesDropped ?? 0) + run.deciding.length + (run.analyses?.length ?? 0);
  return { ...run, deciding: [], ...(run.analyses === undefined ? {} : { analyses: [] }), samplesDropped };
}

function keeping(run: TargetRun, kept: ReadonlySet<DecidingSample | AnalysisSample>): TargetRun {
  const deciding = run.deciding.filter((sample) => kept.has(sample));
  const analyses = run.analyses?.filter((sample) => kept.has(sample));
  const missing = run.deciding.length - deciding.length + (run.analyses?.length ?? 0) - (analyses?.length ?? 0);
  if (missing === 0) return run;
  const samplesDropped = (run.samplesDropped ?? 0) + missing;
  return { ...run, deciding, ...(analyses === undefined ? {} : { analyses }), samplesDropped };
}

const RANKS: Readonly<Record<string, number>> = {
  fail: 0,
  Failed: 0,
  missing: 1,
  inconclusive: 1,
  Inconclusive: 1,
  Error: 1,
};
const PASSED = 2;
/** Of one target, far more than there are. */
const MAX_SAMPLES = 10_000;

/** The first failure of a target comes before the second of any other. */
function candidatesOf(run: TargetRun, target: number): readonly Candidate[] {
  const samples = [
    ...run.deciding.map((deciding) => ({ keep: { deciding }, phase: deciding.verdict as string })),
    ...(run.analyses ?? []).map((analysis) => ({
      keep: { analysis },
      phase: analysis.basis?.phase ?? (analysis.phase as string),
    })),
  ];
  const seen = new Map<number, number>();
  return samples.map(({ keep, phase }) => {
    const rank = RANKS[phase] ?? PASSED;
    const nth = seen.get(rank) ?? 0;
    seen.set(rank, nth + 1);
    return { target, rank: rank * MAX_SAMPLES + nth, bytes: bytesOf(run, keep), keep };
  });
}

function bytesOf(run: TargetRun, keep: Candidate['keep']): number {
  const alone = {
    ...run,
    deciding: 'deciding' in keep ? [keep.deciding] : [],
    analyses: 'analysis' in keep ? [keep.analysis] : [],
  };
  const written = writeRun(alone);
  const [sample] = [...(written['deciding'] as readonly unknown[]), ...(written['analyses'] as readonly unknown[])];
  // and a comma
  return sizeOf(sample) + 1;
}

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
