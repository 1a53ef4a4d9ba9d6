import { metricPhase } from '../analysis/assess/assess-metric.ts';
import { isCompleted } from '../analysis/assess/assessment.ts';
import { readConditions } from '../analysis/assess/conditions.ts';
import { judgeValue } from '../analysis/assess/judge-answer.ts';
import { readValueText } from '../analysis/assess/value-text.ts';
import { judge } from '../analysis/judge.ts';
import { judgeRows } from '../analysis/judge-rows.ts';
import type { AnalysisEvidence, DecisionEvidence, Evidence, VerdictEvidence } from '../planning/evidence.ts';
import { ANALYSIS_FAILED } from './analyses/analysis-gate.ts';

/** A verdict, a measurement or a phase that does not follow from its own numbers. */
export interface EvidenceDifference {
  /** `shared-eu/globex/storefront availability` */
  readonly subject: string;
  readonly recorded: string;
  readonly recomputed: string;
}

/** What came of judging everything again. */
export interface EvidenceCheck {
  /** Judged again. */
  readonly verdicts: number;
  readonly readings: number;
  readonly phases: number;
  /** That could not be: a record of an older version, a doubt over several rows, a value that was cut. */
  readonly unchecked: number;
  readonly differences: readonly EvidenceDifference[];
}

type Checked =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'differs'; readonly recorded: string; readonly recomputed: string };

const agrees: Checked = { kind: 'agrees' };
const unchecked: Checked = { kind: 'unchecked' };

/** Comes to every verdict, measurement and phase again, from what is recorded of it alone. */
export function checkEvidence({
  decisions,
  verdicts,
  analyses,
}: Pick<Evidence, 'decisions' | 'verdicts' | 'analyses'>): EvidenceCheck {
  const ofVerdicts = verdicts.map((one) => [subjectOf(one), checkVerdict(one)] as const);
  const ofReadings = analyses.flatMap((one) => checkReadings(one).map((checked) => [metricOf(one), checked] as const));
  const ofPhases = analyses.map((one) => [metricOf(one), checkPhase(one)] as const);
  const all = [...ofVerdicts, ...ofReadings, ...ofPhases];
  const counted = (checks: readonly (readonly [string, Checked])[]) =>
    checks.filter(([, { kind }]) => kind !== 'unchecked').length;
  return {
    verdicts: counted(ofVerdicts),
    readings: counted(ofReadings),
    phases: counted(ofPhases),
    unchecked: all.length - counted(all),
    differences: [
      ...all.flatMap(([subject, checked]) =>
        checked.kind === 'differs' ? [{ subject, recorded: checked.recorded, recomputed: checked.recomputed }] : [],
      ),
      ...checkRuns(analyses),
      ...checkDecisions(decisions, verdicts, analyses),
    ],
  };
}

function subjectOf({ target, wave, slo }: VerdictEvidence): string {
  return `${target ?? `wave ${wave}`} ${slo}`;
}

function metricOf({ target, analysis, metric }: AnalysisEvidence): string {
  return `${target} ${analysis}/${metric}`;
}

/** Reasons that come of the counts of both versions alone. */
const BY_COUNTS: ReadonlySet<string> = new Set([
  'WithinObjective',
  'MoreBadEventsThanExplained',
  'AboveObjectiveNotSignificant',
  'TooFewRequests',
  'UnbelievableCounts',
  'NoRow',
]);

function checkVerdict({ verdict, counts, objective, basis }: VerdictEvidence): Checked {
  if (basis === null || counts === null) return unchecked;
  const { minRequests, windowMs, scrapeIntervalMs, reason, stable, seen } = basis;
  const canary = reason === 'NoRow' && counts.total === 0 ? null : counts;
  const byCounts = judge({ canary, stable }, { objective, minRequests });
  const recorded = `${verdict} ${reason}`;
  if (BY_COUNTS.has(reason)) return compared(recorded, `${byCounts.kind} ${byCounts.reason}`);
  // what fails by its counts fails whatever is doubted; a doubt over several rows is taken at its word
  if (byCounts.kind === 'fail') return compared(recorded, `${byCounts.kind} ${byCounts.reason}`);
  if (verdict === 'pass' || verdict === 'fail') return compared(recorded, `${byCounts.kind} ${byCounts.reason}`);
  if (seen === null) return unchecked;
  const rows = { canary: [{ ...counts, seen }], stable: stable === null ? [] : [stable] };
  const again = judgeRows(rows, { objective, minRequests, windowMs, scrapeIntervalMs });
  return compared(recorded, `${again.kind} ${again.reason}`);
}

function compared(recorded: string, recomputed: string): Checked {
  return recorded === recomputed ? agrees : { kind: 'differs', recorded, recomputed };
}

function checkReadings({ successCondition, failureCondition, readings }: AnalysisEvidence): readonly Checked[] {
  const conditions = readConditions({ successCondition, failureCondition });
  return readings.map(({ phase, value }) => {
    const read = readValueText(value);
    if (read === null) return value.endsWith('…') ? unchecked : compared(`${phase} of ${value}`, 'no value');
    if (conditions.kind === 'problem') return compared(`${phase} of ${value}`, conditions.message);
    const judged = judgeValue(conditions, read);
    const again = judged.kind === 'phase' ? judged.phase : `Error (${judged.message})`;
    return compared(`${phase} of ${value}`, `${again} of ${value}`);
  });
}

function checkPhase({ phase, runPhase, counters, limits, readings, dryRun }: AnalysisEvidence): Checked {
  const { count, failed, inconclusive } = counters;
  const counts = `${failed} failed and ${inconclusive} inconclusive of ${count}`;
  const least = (wanted: string) => readings.filter((reading) => reading.phase === wanted).length;
  if (failed + inconclusive > count || least('Failed') > failed || least('Inconclusive') > inconclusive)
    return compared(`${phase} by ${counts}`, `more measurements than were counted`);
  const standing = {
    name: '',
    phase: 'Running' as const,
    message: '',
    dryRun,
    successful: count - failed - inconclusive,
    readings: [],
    ...counters,
  };
  const metric = {
    effectiveCount: limits.count,
    failureLimit: limits.failure,
    inconclusiveLimit: limits.inconclusive,
    consecutiveErrorLimit: limits.consecutiveError,
    consecutiveSuccessLimit: limits.consecutiveSuccess,
  };
  // a run that another metric has ended counts the others as successful
  const isEnding = phase === 'Successful' && isCompleted(runPhase);
  const again = metricPhase(metric, standing, isEnding);
  return compared(`${phase} by ${counts}`, `${again} by ${counts}`);
}

/** A run is as its worst metric is. */
function checkRuns(analyses: readonly AnalysisEvidence[]): readonly EvidenceDifference[] {
  const runs = Map.groupBy(analyses, ({ target, analysis }) => `${target} ${analysis}`);
  return [...runs].flatMap(([subject, metrics]) => {
    const recorded = metrics[0]!.runPhase;
    const worst = WORST_FIRST.find((phase) => metrics.some((one) => !one.dryRun && one.phase === phase));
    const isOdd = metrics.some((one) => one.runPhase !== recorded);
    if (!isOdd && (worst === undefined || worst === recorded)) return [];
    const phases = [...new Set(metrics.map(({ runPhase }) => runPhase))].join(' and ');
    return [{ subject, recorded: `run ${phases}`, recomputed: `run ${worst ?? recorded}` }];
  });
}

/** Why a target fails of its SLOs. */
const SLO_FAILED = 'SloFailed';

const WORST_FIRST = ['Failed', 'Error', 'Inconclusive'] as const;

/** Who went on had passes alone, and who failed of an SLO or an analysis has one that failed. */
function checkDecisions(
  decisions: readonly DecisionEvidence[],
  verdicts: readonly VerdictEvidence[],
  analyses: readonly AnalysisEvidence[],
): readonly EvidenceDifference[] {
  const verdictsOf = Map.groupBy(verdicts, ({ target }) => target);
  const analysesOf = Map.groupBy(analyses, ({ target }) => target);
  return decisions.flatMap(({ target, failure, samplesDropped }): readonly EvidenceDifference[] => {
    const own = verdictsOf.get(target) ?? [];
    const runs = (analysesOf.get(target) ?? []).map(({ runPhase }) => runPhase);
    const bad = own.find(({ verdict }) => verdict !== 'pass');
    const told = (recorded: string, recomputed: string) => [{ subject: target, recorded, recomputed }];
    if (failure === null && bad !== undefined) return told('went on', `${bad.verdict} of ${bad.slo}`);
    if (failure === null && runs.includes('Failed')) return told('went on', 'a failed analysis');
    if (samplesDropped > 0) return [];
    if (failure === SLO_FAILED && !own.some(({ verdict }) => verdict === 'fail'))
      return told(failure, 'no verdict that fails');
    if (failure === ANALYSIS_FAILED && !runs.includes('Failed')) return told(failure, 'no analysis that failed');
    return [];
  });
}
