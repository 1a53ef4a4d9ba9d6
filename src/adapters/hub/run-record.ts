import { z } from 'zod';
import type { TargetId } from '../../domain/plan.ts';
import type { AnalysisSample, TargetRun } from '../../domain/target-run.ts';
import { formatInstant, instant } from '../../domain/time.ts';

const time = z.iso.datetime().transform((text) => instant(Date.parse(text)));
/** An API server drops the nulls of a merge patch, those inside of lists too. */
const orNull = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);

const goal = z.union([
  z.object({ kind: z.literal('step'), step: z.number() }),
  z.object({ kind: z.literal('promoted') }),
  z.object({ kind: z.literal('restored') }),
]);

const runSchema = z.object({
  target: z.string().transform((id) => id as TargetId),
  goal,
  goalAt: time,
  startedAt: time,
  previous: z.union([
    z.object({ kind: z.literal('revision'), hash: z.string(), image: z.string() }),
    z.object({ kind: z.literal('nothing') }),
  ]),
  revision: orNull(z.string()),
  reachedAt: orNull(time),
  failure: orNull(z.object({ reason: z.string(), message: z.string(), at: time })),
  deciding: z.array(
    z.object({
      slo: z.string(),
      verdict: z.enum(['pass', 'fail', 'inconclusive', 'missing']),
      good: z.number(),
      total: z.number(),
      objective: z.number(),
    }),
  ),
  analyses: z
    .array(
      z.object({
        analysis: z.string(),
        metric: z.string(),
        phase: z.enum(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive']),
        count: z.number(),
        failed: z.number(),
        value: z.string(),
        at: orNull(time),
      }),
    )
    .optional(),
  // the records of a version that did not count them have none
  nudges: z.int().min(0).default(0),
});

/** One target's record from a WaveRun. @throws ZodError when it is not one that Tidegate wrote. */
export function readRun(record: unknown): TargetRun {
  const { analyses, ...run } = runSchema.parse(record);
  return analyses === undefined ? run : { ...run, analyses };
}

/** One target's record as it stands in a WaveRun. */
export function writeRun(run: TargetRun): Record<string, unknown> {
  return {
    ...run,
    goalAt: formatInstant(run.goalAt),
    startedAt: formatInstant(run.startedAt),
    reachedAt: run.reachedAt === null ? null : formatInstant(run.reachedAt),
    failure: run.failure === null ? null : { ...run.failure, at: formatInstant(run.failure.at) },
    ...(run.analyses === undefined ? {} : { analyses: run.analyses.map(writeAnalysis) }),
  };
}

function writeAnalysis(sample: AnalysisSample): Record<string, unknown> {
  return { ...sample, at: sample.at === null ? null : formatInstant(sample.at) };
}
