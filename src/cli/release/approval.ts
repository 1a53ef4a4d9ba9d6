import { FINAL_PHASES } from '../../domain/release-status.ts';
import type { HubConnection } from '../composition.ts';
import { isPrefixOfHash } from './expected-plan.ts';
import { actName, createAct } from './human-act.ts';
import type { SeenRelease } from './release-reader.ts';
import { checkWave } from './wait-for.ts';

/** What came of an act. */
export interface ActResult {
  readonly isRefused: boolean;
  /** Name of the object; `null` when none was made. */
  readonly object: string | null;
  readonly message: string;
}

/** Who approves which wave of which plan. */
export interface ApprovalWish {
  readonly wave: string;
  readonly by: string;
  readonly expectPlan: string | null;
}

/** Makes the Approval of a person for a wave; twice is once. @throws InvalidInput for a wave that the plan does not have */
export async function approve(hub: HubConnection, seen: SeenRelease, wish: ApprovalWish): Promise<ActResult> {
  const { release, plan, status } = seen.view;
  const { wave, by, expectPlan } = wish;
  if (plan === null || status === null)
    return refused(`${release} has no plan that could be approved yet, wait until it is planned`);
  checkWave(wave, plan, '--wave');
  const shown = plan.hash.slice(0, 12);
  if (expectPlan !== null && !isPrefixOfHash(expectPlan, plan.hash))
    return refused(`the plan of ${release} is ${shown}, not the expected ${expectPlan}: read it before you approve it`);
  if (FINAL_PHASES.has(status.phase))
    return refused(`${release} is over (${status.phase}), nothing waits for an approval`);
  if (status.rollback !== null) return refused(`${release} is being rolled back, nothing waits for an approval`);
  const { requiredApprovals } = plan.waves.find(({ name }) => name === wave)!;
  if (requiredApprovals === 0) return refused(`wave ${wave} of ${release} needs no approval`);
  const name = actName(release, plan.hash.slice(0, 8), wave, by);
  const isNew = await createAct(hub, seen, {
    kind: 'approval',
    name,
    spec: { release, planHash: plan.hash, wave, by },
  });
  const message = isNew
    ? `${by} approved wave ${wave} of ${release}, plan ${shown}`
    : `${by} has approved wave ${wave} of ${release}, plan ${shown}, before`;
  return { isRefused: false, object: name, message };
}

function refused(message: string): ActResult {
  return { isRefused: true, object: null, message };
}
