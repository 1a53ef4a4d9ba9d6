import pLimit from 'p-limit';
import { judgeValue, valueText } from '../../analysis/assess/judge-answer.ts';
import { judge } from '../../analysis/judge.ts';
import { sumRows } from '../../analysis/sum-counts.ts';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { Plan, PlanTarget, PlanWave } from '../../domain/plan.ts';
import type { DecidingSample, TargetRun, VerdictBasis } from '../../domain/target-run.ts';
import { later } from '../../domain/time.ts';
import type { Counts } from '../../domain/verdict.ts';
import { askedOf, measurementOf } from '../../planning/evidence-verdicts.ts';
import type { RecordedRelease } from '../../planning/release-evidence.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import type { EvidenceDifference } from '../../release/evidence-check.ts';
import type { HubConnection } from '../composition.ts';

/** What the metric sources say now of the moments that decided. */
export interface AskedAgain {
  /** Answers that are as they were. */
  readonly same: number;
  /** Other numbers, and the same verdict: scrapes that came in late. */
  readonly moved: number;
  /** Without data any more, or that nobody can ask again: a verdict on a whole wave. */
  readonly gone: number;
  readonly differences: readonly EvidenceDifference[];
}

type Answer = 'same' | 'moved' | 'gone' | EvidenceDifference;

/** Told of what cannot be asked, and when to stop. */
export interface AskSetting {
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

const QUESTIONS_AT_ONCE = 4;
const DEADLINE_MS = 20_000;
/** Sums of floating point numbers may come in another order. */
const SAME_RATIO = 1e-9;

/** Asks again for every verdict on a target or tenant, and every measurement of an analysis, as of its own time. */
export async function askAgain(
  hub: HubConnection,
  recorded: RecordedRelease,
  setting: AskSetting,
): Promise<AskedAgain> {
  const { plan, runs } = recorded;
  const { metricSources } = await hub.store(() => {}).loadConnections();
  const sources = new Map(metricSources.map((spec) => [spec.name, hub.openSource(spec)]));
  const limit = pLimit(QUESTIONS_AT_ONCE);
  const placed = plan.waves.flatMap((wave) => wave.targets.map((target) => ({ wave, target })));
  const byId = new Map(placed.map((one) => [one.target.id, one]));
  const questions = runs.flatMap((run) => {
    const place = byId.get(run.target);
    if (place === undefined) return [];
    const source = sources.get(plan.clusterSources[place.target.cluster] ?? '');
    const asked = { plan, ...place, run, source, hub, signal: setting.signal };
    return [...run.deciding.map((sample) => () => askVerdict(asked, sample)), ...analysisQuestions(asked)];
  });
  const answers = await Promise.all(questions.map((question) => limit(() => quietly(question, setting))));
  const of = (wanted: Answer) => answers.filter((answer) => answer === wanted).length;
  const differences = answers.filter((answer) => typeof answer === 'object');
  return { same: of('same'), moved: of('moved'), gone: of('gone'), differences };
}

async function quietly(question: () => Promise<Answer>, { note }: AskSetting): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof TransientError) && !(error instanceof TerminalError)) throw error;
    note(error.message);
    return 'gone';
  }
}

interface AskedTarget {
  readonly plan: Plan;
  readonly wave: PlanWave;
  readonly target: PlanTarget;
  readonly run: TargetRun;
  readonly source: MetricSource | undefined;
  readonly hub: HubConnection;
  readonly signal: AbortSignal;
}

async function askVerdict(asked: AskedTarget, sample: DecidingSample): Promise<Answer> {
  const { plan, wave, target, run, source, signal } = asked;
  const { basis } = sample;
  const measurement = measurementOf(plan, wave, target, sample.slo);
  const rows = basis === undefined ? [] : rowsOf(plan, target, basis);
  if (basis === undefined || measurement === undefined || source === undefined || rows.length === 0) return 'gone';
  const { windowMs, minRequests } = wave.analysis;
  const answered = await source.measure({ slo: measurement.measured, windowMs, at: basis.at, rows }, signal);
  const own = answered.filter(({ revision }) => revision === run.revision || revision === '');
  const counts = sumRows(own);
  if (counts === null) return 'gone';
  if (isSame(counts, sample)) return 'same';
  const judged = judge({ canary: counts, stable: null }, { objective: measurement.objective, minRequests });
  // a doubt is told by more than counts
  const isDoubt = sample.verdict === 'missing' || sample.verdict === 'inconclusive';
  if (judged.kind === sample.verdict || (isDoubt && judged.kind !== 'fail')) return 'moved';
  return {
    subject: `${target.id} ${sample.slo}`,
    recorded: `${sample.verdict} of ${sample.good} good of ${sample.total}`,
    recomputed: `${judged.kind} of ${counts.good} good of ${counts.total}, asked again`,
  };
}

function rowsOf(plan: Plan, { cluster, tenants }: PlanTarget, { of }: VerdictBasis) {
  const names = new Set(of.kind === 'tenant' ? [of.tenant] : of.kind === 'target' ? tenants : []);
  return plan.tenants.filter(({ name }) => names.has(name)).map(({ id }) => ({ cluster, tenantId: id }));
}

function isSame(counts: Counts, { good, total }: Counts): boolean {
  const isNear = (a: number, b: number) => Math.abs(a - b) <= SAME_RATIO * Math.max(1, Math.abs(a), Math.abs(b));
  return isNear(counts.good, good) && isNear(counts.total, total);
}

function analysisQuestions(asked: AskedTarget): readonly (() => Promise<Answer>)[] {
  const { plan, target, run, source, hub, signal } = asked;
  return (run.analyses ?? []).flatMap((sample) => {
    const analysis = (plan.analyses ?? []).find(({ name }) => name === sample.analysis);
    const filled = analysis === undefined ? null : askedOf(plan, target, run, analysis);
    const metric = filled?.prepared.metrics.find(({ name }) => name === sample.metric);
    if (filled === null || metric === undefined || source?.evaluate === undefined) return [];
    const { evaluate } = source;
    const question = {
      name: `${sample.analysis} ${sample.metric}`,
      cluster: target.cluster,
      query: filled.queries[sample.metric] ?? '',
      targets: [{ id: target.id, args: filled.args }],
    };
    return (sample.basis?.readings ?? []).map(({ at, phase, value }) => async (): Promise<Answer> => {
      const deadlineAt = later(hub.clock.now(), DEADLINE_MS);
      const [answers] = await evaluate({ at, deadlineAt, metrics: [question] }, signal);
      const answer = answers?.get(target.id);
      if (answer?.kind !== 'value') return 'gone';
      const text = valueText(answer.value);
      if (text === value) return 'same';
      if (text === '[]') return 'gone';
      const judged = judgeValue(metric.conditions, answer.value);
      if (judged.kind === 'phase' && judged.phase === phase) return 'moved';
      const again = judged.kind === 'phase' ? judged.phase : 'Error';
      return {
        subject: `${target.id} ${sample.analysis}/${sample.metric}`,
        recorded: `${phase} of ${value}`,
        recomputed: `${again} of ${text}, asked again`,
      };
    });
  });
}
