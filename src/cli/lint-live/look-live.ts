import pLimit from 'p-limit';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { Instant } from '../../domain/time.ts';
import type { PlainQueries } from '../../ports/plain-queries.ts';
import { examineMetric } from './examine-metric.ts';
import { examineSlo } from './examine-slo.ts';
import { type LiveFinding, toldOf } from './live-finding.ts';
import type { LiveMetric, LiveSlo } from './live-gates.ts';
import { type Questions, questionsTo } from './questions.ts';

/** How gates are looked at. */
export interface LiveLook {
  readonly at: Instant;
  readonly seriesBudget: number;
  readonly open: (source: MetricSourceSpec) => Promise<PlainQueries>;
  /** Ends the look: what was not answered by then is a finding. */
  readonly signal: AbortSignal;
  /** Told of each gate that is done. */
  readonly onDone: (subject: string, done: number, of: number) => void;
}

/** What was seen. */
export interface LiveReport {
  readonly gates: number;
  /** Queries that were sent. */
  readonly queries: number;
  readonly findings: readonly LiveFinding[];
}

const GATES_AT_ONCE = 8;
const NO_ANSWER = 'see whether it runs and can be reached from here, and look again';

/** Looks at every gate, sources and gates side by side within bounds. */
export async function lookLive(gates: readonly (LiveSlo | LiveMetric)[], look: LiveLook): Promise<LiveReport> {
  const limit = pLimit(GATES_AT_ONCE);
  const sources = [...new Map(gates.map(({ source }) => [source.name, source])).values()];
  const opened = new Map(
    await Promise.all(sources.map(async (source) => [source.name, await reach(source, look)] as const)),
  );
  let done = 0;
  const perGate = await Promise.all(
    gates.map((gate) =>
      limit(async (): Promise<readonly LiveFinding[]> => {
        const questions = opened.get(gate.source.name);
        const found = questions === undefined || 'severity' in questions ? [] : await examine(gate, questions, look);
        done += 1;
        look.onDone(gate.subject, done, gates.length);
        return found;
      }),
    ),
  );
  const all = [...opened.values()];
  const unreached = all.flatMap((one) => ('severity' in one ? [one] : []));
  const queries = all.reduce((sum, one) => ('severity' in one ? sum : sum + one.asked()), 0);
  return { gates: gates.length, queries, findings: [...unreached, ...perGate.flat()] };
}

/** A source that does not answer is one finding, not one a gate. */
async function reach(source: MetricSourceSpec, look: LiveLook): Promise<Questions | LiveFinding> {
  try {
    const questions = questionsTo(await look.open(source), look.at, look.signal);
    await questions.ask('vector(1)');
    return questions;
  } catch (error) {
    const told = toldOf(`metric source ${source.name}`, { file: `MetricSource/${source.name}`, line: null, path: '' });
    return told.error('SourceUnavailable', messageOf(error, look.signal), NO_ANSWER);
  }
}

async function examine(
  gate: LiveSlo | LiveMetric,
  questions: Questions,
  { seriesBudget, signal }: LiveLook,
): Promise<readonly LiveFinding[]> {
  try {
    return gate.kind === 'slo'
      ? await examineSlo(gate, questions, seriesBudget)
      : await examineMetric(gate, questions, seriesBudget);
  } catch (error) {
    return [toldOf(gate.subject, gate.place).error('NotAnswered', messageOf(error, signal), NO_ANSWER)];
  }
}

/** Of what adapters throw; a bug stays a bug. */
function messageOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof TransientError && signal.aborted) return 'no answer until the look was ended by --timeout';
  if (error instanceof TransientError || error instanceof TerminalError) return error.message;
  throw error;
}
