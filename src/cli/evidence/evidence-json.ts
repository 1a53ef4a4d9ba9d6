import { z } from 'zod';
import { InvalidInput } from '../../domain/errors.ts';
import type { TargetId } from '../../domain/plan.ts';
import { type Instant, instant } from '../../domain/time.ts';
import type { Evidence } from '../../planning/evidence.ts';

/** Members that are instants, wherever they stand. */
const TIMES: ReadonlySet<string> = new Set(['at', 'startedAt', 'endedAt']);

/** Evidence as JSON, its times in RFC 3339. */
export function evidenceJson(release: string, evidence: Evidence): unknown {
  const text = JSON.stringify({ release, ...evidence }, (key, value: unknown) =>
    TIMES.has(key) && typeof value === 'number' ? new Date(value).toISOString() : value,
  );
  return JSON.parse(text);
}

/** What of a file is judged again. */
export type JudgedEvidence = { readonly release: string } & Pick<
  Evidence,
  'planHash' | 'decisions' | 'verdicts' | 'analyses' | 'samplesDropped'
>;

const time = z.iso.datetime().transform((text): Instant => instant(Date.parse(text)));
const target = z.string().transform((id) => id as TargetId);
const counts = z.object({ good: z.number(), total: z.number() });
const phase = z.enum(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive']);

const whom = z.union([
  z.object({ kind: z.enum(['target', 'wave']) }),
  z.object({ kind: z.literal('tenant'), tenant: z.string() }),
]);

const seen = z.object({
  newest: z.union([
    z.object({ kind: z.enum(['fresh', 'ended']) }),
    z.object({ kind: z.literal('old'), ageMs: z.number() }),
  ]),
  scrapes: z.number(),
  resets: z.number(),
  recentEvents: z.number().nullable(),
  unseenBad: z.number(),
});

const verdict = z.object({
  at: time,
  wave: z.string(),
  target: target.nullable(),
  slo: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'missing']),
  counts: counts.nullable(),
  objective: z.number(),
  basis: z
    .object({
      reason: z.string(),
      at: time,
      of: whom,
      stable: counts.nullable(),
      seen: seen.nullable(),
      source: z.string(),
      query: z.string(),
      minRequests: z.number(),
      windowMs: z.number(),
      scrapeIntervalMs: z.number(),
    })
    .nullable(),
});

const analysis = z.object({
  at: time,
  wave: z.string(),
  target,
  analysis: z.string(),
  metric: z.string(),
  source: z.string(),
  query: z.string(),
  args: z.record(z.string(), z.string()),
  successCondition: z.string().nullable(),
  failureCondition: z.string().nullable(),
  limits: z.object({
    count: z.number().nullable(),
    failure: z.number(),
    inconclusive: z.number(),
    consecutiveError: z.number(),
    consecutiveSuccess: z.number(),
  }),
  dryRun: z.boolean(),
  runPhase: phase,
  phase,
  counters: z.object({
    count: z.number(),
    failed: z.number(),
    inconclusive: z.number(),
    error: z.number(),
    consecutiveError: z.number(),
    consecutiveSuccess: z.number(),
  }),
  readings: z.array(z.object({ at: time, phase: z.enum(['Successful', 'Failed', 'Inconclusive']), value: z.string() })),
});

const judged = z.object({
  release: z.string(),
  planHash: z.string(),
  decisions: z.array(
    z.object({
      at: time,
      wave: z.string(),
      target,
      failure: z.string().nullable(),
      samplesDropped: z.number(),
    }),
  ),
  verdicts: z.array(verdict),
  analyses: z.array(analysis),
  samplesDropped: z.number(),
});

/** Reads what `tidegate evidence --output json` wrote. @throws InvalidInput with every place where it is something else */
export function readEvidenceJson(file: string, text: string): JudgedEvidence {
  const value = parsed(file, text);
  const read = judged.safeParse(value);
  if (read.success) return read.data;
  throw new InvalidInput(
    read.error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
      file,
      line: null,
      column: null,
      path: path.map(String).join('.'),
      message: message.toLowerCase(),
    })),
  );
}

const MAX_ISSUES = 20;

function parsed(file: string, text: string): unknown {
  try {
    // a file that was made from all of stdout has the object on its last line
    return JSON.parse(text.trimEnd().startsWith('{') ? text : (text.trimEnd().split('\n').at(-1) ?? ''));
  } catch {
    const message = 'not JSON: give the output of tidegate evidence --output json';
    throw new InvalidInput([{ file, line: null, column: null, path: '', message }]);
  }
}
