import { assertNever } from '../domain/assert-never.ts';
import type { MeasuredSlo } from '../domain/plan.ts';
import { ofTier, type Slo } from '../domain/workload.ts';
import { parseSelector } from './parse-selector.ts';

/** What is counted for an SLO in a tier, or why nothing can be. */
export type MeasuredSloResult =
  | { readonly kind: 'measured'; readonly measured: MeasuredSlo; readonly objective: number }
  | {
      readonly kind: 'problem';
      readonly reason: 'NoObjectiveForTier' | 'NoBoundForTier' | 'SelectorNotUnderstood' | 'HistogramNotUnderstood';
      readonly message: string;
    };

/** Fixes objective and bound of an SLO for a tier, and reads its selectors once, so that a bad one is refused in the plan. */
export function measuredSlo(slo: Slo, tier: string): MeasuredSloResult {
  const objective = ofTier(slo.objective, tier);
  if (objective === undefined) {
    return problem('NoObjectiveForTier', `slo ${slo.name} has no objective for tier ${tier}: add ${tier} or default`);
  }
  const measured = ofSlo(slo, tier);
  return measured.kind === 'problem' ? measured : { ...measured, objective };
}

function ofSlo(slo: Slo, tier: string): Problem | { readonly kind: 'measured'; readonly measured: MeasuredSlo } {
  switch (slo.kind) {
    case 'ratio':
      return (
        selectorProblem(slo.name, 'good', slo.good) ??
        selectorProblem(slo.name, 'total', slo.total) ?? {
          kind: 'measured',
          measured: { kind: 'ratio', good: slo.good, total: slo.total },
        }
      );
    case 'latency': {
      const belowSeconds = ofTier(slo.belowSeconds, tier);
      if (belowSeconds === undefined) {
        return problem(
          'NoBoundForTier',
          `slo ${slo.name} has no bound for tier ${tier}: add ${tier} or default to below`,
        );
      }
      return (
        selectorProblem(slo.name, 'histogram', slo.histogram) ??
        histogramProblem(slo.name, slo.histogram) ?? {
          kind: 'measured',
          measured: { kind: 'latency', histogram: slo.histogram, belowSeconds },
        }
      );
    }
    default:
      return assertNever(slo);
  }
}

type Problem = Extract<MeasuredSloResult, { kind: 'problem' }>;

function problem(reason: Problem['reason'], message: string): Problem {
  return { kind: 'problem', reason, message };
}

function selectorProblem(slo: string, field: string, text: string): Problem | null {
  const parsed = parseSelector(text);
  if (parsed.kind === 'selector') return null;
  return problem('SelectorNotUnderstood', `slo ${slo} ${field}, column ${parsed.position}: ${parsed.message}`);
}

function histogramProblem(slo: string, text: string): Problem | null {
  const parsed = parseSelector(text);
  if (parsed.kind !== 'selector') return null;
  const suffix = /_(bucket|count|sum)$/.exec(parsed.selector.metric)?.[0];
  if (suffix !== undefined) {
    return problem(
      'HistogramNotUnderstood',
      `slo ${slo} histogram: write its name without ${suffix}, the suffix is added`,
    );
  }
  if (parsed.selector.matchers.some((matcher) => matcher.label === 'le')) {
    return problem(
      'HistogramNotUnderstood',
      `slo ${slo} histogram: leave the label le out, the bound is added from below`,
    );
  }
  return null;
}
