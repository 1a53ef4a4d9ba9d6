import type { PerTier } from '../../domain/workload.ts';
import type { AdoptionFinding } from '../../release/ownership.ts';
import { alignColumns } from '../table.ts';
import type { AdoptionOutcome } from './adoption-outcome.ts';

/** How the adoption of one target went. */
export interface TargetAdoption {
  readonly target: string;
  readonly tier: string;
  readonly outcome: AdoptionOutcome | 'unreachable';
  /** Pods that it wants; `null`: not seen. */
  readonly replicas: number | null;
  readonly findings: readonly AdoptionFinding[];
}

/** A row for each target, each trouble once, and the pods as seen where the workload says otherwise. */
export function fleetLines(results: readonly TargetAdoption[], declared: PerTier<number> | null): readonly string[] {
  const rows = results.map(({ target, tier, outcome, replicas }) => [
    target,
    tier,
    replicas === null ? '-' : String(replicas),
    outcome,
  ]);
  return [
    ...alignColumns([['TARGET', 'TIER', 'PODS', 'OUTCOME'], ...rows]),
    ...troubles(results),
    ...replicasLine(replicasByTier(results), declared),
  ];
}

/** The fewest pods of each tier: effective weights are coarsest there. */
export function replicasByTier(results: readonly TargetAdoption[]): PerTier<number> {
  const fewest: Record<string, number> = {};
  for (const { tier, replicas } of results)
    if (replicas !== null && replicas > 0) fewest[tier] = Math.min(replicas, fewest[tier] ?? replicas);
  return fewest;
}

/** Three hundred Rollouts of one chart have one trouble. */
function troubles(results: readonly TargetAdoption[]): readonly string[] {
  const targetsOf = new Map<string, string[]>();
  for (const { target, findings } of results)
    for (const { severity, reason, message } of findings) {
      const line = `${severity}: ${reason}: ${message}`;
      targetsOf.set(line, [...(targetsOf.get(line) ?? []), target]);
    }
  return [...targetsOf].map(([line, [first, ...rest]]) => {
    const others = rest.length === 0 ? '' : ` and ${rest.length} more`;
    return `${line} (${first}${others})`;
  });
}

function replicasLine(seen: PerTier<number>, declared: PerTier<number> | null): readonly string[] {
  const isDeclared = Object.entries(seen).every(([tier, pods]) => (declared?.[tier] ?? declared?.['default']) === pods);
  if (isDeclared) return [];
  const tiers = Object.entries(seen).map(([tier, pods]) => `${tier}: ${pods}`);
  return [`the workload's source.existing.replicas should be { ${tiers.join(', ')} }: steps are planned by it`];
}
