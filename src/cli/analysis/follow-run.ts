import { advance, type MetricReading, notStarted, stop } from '../../analysis/assess/advance.ts';
import { type Assessment, isCompleted } from '../../analysis/assess/assessment.ts';
import type { MetricAnswer } from '../../analysis/assess/judge-answer.ts';
import type { PreparedAnalysis } from '../../analysis/assess/prepare.ts';
import { dueMetrics, nextDue } from '../../analysis/assess/schedule.ts';
import type { Instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Measure, readingOf, type Tried, takeAll } from './try-once.ts';

/** Told what was measured, and how the run stands after it. */
export type Watch = (
  taken: readonly (MetricReading & { readonly answer: MetricAnswer })[],
  assessment: Assessment,
  now: Instant,
) => void;

/** A whole run, measured when its metrics are due. The signal ends it as a promotion does: what has not failed is successful. */
export async function followRun(
  analysis: PreparedAnalysis,
  measure: Measure,
  { clock, signal, watch }: { readonly clock: Clock; readonly signal: AbortSignal; readonly watch: Watch },
): Promise<Tried> {
  const answers = new Map<string, MetricAnswer>();
  let assessment = notStarted;
  while (!signal.aborted) {
    const due = dueMetrics(analysis, assessment, clock.now());
    const metrics = analysis.metrics.filter(({ name }) => due.includes(name));
    const taken = await takeAll(metrics, measure, clock, signal);
    if (signal.aborted) break;
    const readings = taken.map((one) => ({ ...readingOf(analysis, one), answer: one.answer }));
    for (const { metric, answer } of readings) answers.set(metric, answer);
    assessment = advance(analysis, assessment, readings, clock.now());
    watch(readings, assessment, clock.now());
    const next = nextDue(analysis, assessment, clock.now());
    if (isCompleted(assessment.phase) || next === null) return { assessment, answers };
    await clock.sleep(Math.max(0, next - clock.now()), signal);
  }
  return { assessment: stop(analysis, assessment, clock.now()), answers };
}
