import { isAdapterError, TransientError } from '../../domain/errors.ts';
import type { Notice } from '../../domain/notice.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Webhook } from '../../domain/webhook.ts';
import type { HubState } from '../../ports/release-store.ts';
import { isWanted, needsAudience } from '../../release/notice-scope.ts';

/** Knows whom a wave reaches, for Webhooks that ask for tiers or labels. */
export interface AudienceLookup {
  /** What tenants are labelled with by now. */
  take(tenantLabels: HubState['tenantLabels']): void;
  /** @throws TransientError when the plan cannot be read now */
  isWanted(notice: Notice, webhook: Webhook): Promise<boolean>;
}

/** Plans are large, and few releases are under way at once. */
const PLANS_KEPT = 4;

/** Makes a look-up; a plan is read when somebody asks for it. @param loadPlan throws TransientError, TerminalError */
export function createAudienceLookup(loadPlan: (release: string, planHash: string) => Promise<Plan>): AudienceLookup {
  const plans = new Map<string, Promise<Plan>>();
  let labels: HubState['tenantLabels'] = new Map();

  /** `null` when it cannot be known: then the news are told rather than not. */
  async function planOf({ release, planHash }: Notice): Promise<Plan | null> {
    if (planHash === null) return null;
    if (plans.size > PLANS_KEPT) plans.clear();
    const loading = plans.get(planHash) ?? loadPlan(release, planHash);
    plans.set(planHash, loading);
    try {
      return await loading;
    } catch (error) {
      plans.delete(planHash);
      if (!isAdapterError(error) || error instanceof TransientError) throw error;
      return null;
    }
  }

  return {
    take(tenantLabels) {
      labels = tenantLabels;
    },
    async isWanted(notice, webhook) {
      const plan = needsAudience(webhook.scope) ? await planOf(notice) : null;
      return isWanted(notice, webhook, { plan, tenantLabels: labels });
    },
  };
}
