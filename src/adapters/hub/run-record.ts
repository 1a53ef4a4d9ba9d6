import { z } from 'zod';
import type { TargetId } from '../../domain/plan.ts';
import type {
  AnalysisBasis,
  AnalysisSample,
  DecidingSample,
  TargetRun,
  VerdictBasis,
} from '../../domain/target-run.ts';
import { formatInstant, instant } from '../../domain/time.ts';
import { readAnalysisBasis, readVerdictBasis, storedAnalysisBasis, verdictBasisText } from './basis-text.ts';

const time = z.iso.datetime().transform((text) => instant(Date.parse(text)));
/** An API server drops the nulls of a merge patch, those inside of lists too. */
const orNull = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);

/** Of a line, or nothing where nobody wrote it. */
const verdictBasis = z.string().transform((text, context): VerdictBasis => {
  const basis = readVerdictBasis(text);
  if (basis !== null) return basis;
  context.addIssue({ code: 'custom', message: `no basis of a verdict: ${text.slice(0, 80)}` });
  return z.NEVER;
});

const analysisBasis = z
  .object({ stands: z.string(), readings: z.array(z.string()) })
  .transform((stored, context): AnalysisBasis => {
    const basis = readAnalysisBasis(stored);
    if (basis !== null) return basis;
    context.addIssue({ code: 'custom', message: `no basis of an analysis: ${stored.stands.slice(0, 80)}` });
    return z.NEVER;
  });

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
      basis: verdictBasis.optional(),
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
        basis: analysisBasis.optional(),
      }),
    )
    .optional(),
  samplesDropped: z.int().min(0).optional(),
  // the records of a version that did not count them have none
  nudges: z.int().min(0).default(0),
});

/** One target's record from a WaveRun. @throws ZodError when it is not one that Tidegate wrote. */
export function readRun(record: unknown): TargetRun {
  const { analyses, deciding, samplesDropped, ...run } = runSchema.parse(record);
  return {
    ...run,
    deciding: deciding.map(({ basis, ...sample }) => (basis === undefined ? sample : { ...sample, basis })),
    ...(analyses === undefined
      ? {}
      : { analyses: analyses.map(({ basis, ...sample }) => (basis === undefined ? sample : { ...sample, basis })) }),
    ...(samplesDropped === undefined ? {} : { samplesDropped }),
  };
}

/** One target's record as it stands in a WaveRun. */
export function writeRun(run: TargetRun): Record<string, unknown> {
  return {
    ...run,
    goalAt: formatInstant(run.goalAt),
    startedAt: formatInstant(run.startedAt),
    reachedAt: run.reachedAt === null ? null : formatInstant(run.reachedAt),
    failure: run.failure === null ? null : { ...run.failure, at: formatInstant(run.failure.at) },
    deciding: run.deciding.map(writeSample),
    ...(run.analyses === undefined ? {} : { analyses: run.analyses.map(writeAnalysis) }),
  };
}

function writeSample({ basis, ...sample }: DecidingSample): Record<string, unknown> {
  return basis === undefined ? sample : { ...sample, basis: verdictBasisText(basis) };
}

function writeAnalysis({ basis, at, ...sample }: AnalysisSample): Record<string, unknown> {
  const written = { ...sample, at: at === null ? null : formatInstant(at) };
  return basis === undefined ? written : { ...written, basis: storedAnalysisBasis(basis) };
}
