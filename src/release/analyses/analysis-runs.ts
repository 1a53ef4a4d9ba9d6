import type { TargetRun } from '../../domain/target-run.ts';
import type { WorkloadAnalysis } from '../../domain/workload.ts';
import type { Measurable } from '../gate.ts';
import type { Snapshot } from '../snapshot.ts';

/** The analyses that speak for a target where it is: those that compare with the old version only while that is there. */
export function analysesOf(snapshot: Snapshot, run: TargetRun): readonly WorkloadAnalysis[] {
  const analyses = snapshot.index.plan.analyses ?? [];
  const isBeside = run.goal.kind === 'step' && run.previous.kind === 'revision';
  return isBeside ? analyses : analyses.filter((analysis) => !usesStable(analysis));
}

function usesStable({ args }: WorkloadAnalysis): boolean {
  return args.some(({ value }) => value.kind === 'podTemplateHash' && value.of === 'Stable');
}

/** Names a run by its exposure. */
export function analysisKey(run: TargetRun, { revision }: Measurable, { name }: WorkloadAnalysis): string {
  const exposure = run.goal.kind === 'step' ? `step ${run.goal.step}` : run.goal.kind;
  return `${run.target}|${name}|${exposure}|${run.goalAt}|${revision}`;
}
