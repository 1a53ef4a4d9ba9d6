import type { MeasurementRetention } from '../../domain/analysis-template.ts';
import { type NamePattern, readNamePattern } from './name-pattern.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

/** Names of the metrics that are in a dry run; each rule must match one. */
export function matchDryRun(
  rules: readonly string[],
  names: readonly string[],
): { readonly kind: 'matched'; readonly matched: ReadonlySet<string> } | AnalysisProblem {
  const matched = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const found = matchRule(rule, names, `dryRun[${index}]`);
    if (found.kind === 'problem') return found;
    for (const name of found.names) matched.add(name);
  }
  return { kind: 'matched', matched };
}

/** How many readings each metric keeps, where a rule says so; the last rule that matches counts. Each must match one. */
export function matchRetention(
  rules: readonly MeasurementRetention[],
  names: readonly string[],
): { readonly kind: 'matched'; readonly matched: ReadonlyMap<string, number> } | AnalysisProblem {
  const matched = new Map<string, number>();
  for (const [index, { metricName, limit }] of rules.entries()) {
    const found = matchRule(metricName, names, `measurementRetention[${index}]`);
    if (found.kind === 'problem') return found;
    for (const name of found.names) {
      if (limit > 0) matched.set(name, limit);
      else matched.delete(name);
    }
  }
  return { kind: 'matched', matched };
}

function matchRule(
  rule: string,
  names: readonly string[],
  where: string,
): { readonly kind: 'names'; readonly names: readonly string[] } | AnalysisProblem {
  const pattern: NamePattern = readNamePattern(rule);
  if (pattern.kind === 'notSupported') {
    return analysisProblem('PatternNotSupported', `${where}: ${pattern.message}`);
  }
  // a rule that is no regular expression matches nothing, and Argo says no more of it
  const found = pattern.kind === 'invalid' ? [] : names.filter(pattern.matches);
  if (found.length > 0) return { kind: 'names', names: found };
  return analysisProblem('RuleWithoutMetric', `${where}: Rule didn't match any metric name(s)`);
}
