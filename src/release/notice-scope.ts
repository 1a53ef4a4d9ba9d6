import { isAtLeast, type Notice } from '../domain/notice.ts';
import type { Plan } from '../domain/plan.ts';
import type { NoticeScope, Webhook } from '../domain/webhook.ts';

/** Whom the waves of a plan reach. */
export interface Audience {
  /** `null` while it is not known: then nobody is left out. */
  readonly plan: Plan | null;
  readonly tenantLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Whether telling needs to know whom a wave reaches. */
export function needsAudience({ tiers, labels }: NoticeScope): boolean {
  return tiers !== null || labels !== null;
}

/** Whether a webhook wants this news. */
export function isWanted(notice: Notice, { severity, scope }: Webhook, audience: Audience): boolean {
  const isAmong = (names: readonly string[] | null, name: string) => names === null || names.includes(name);
  return (
    isAtLeast(notice.severity, severity) &&
    isAmong(scope.releases, notice.release) &&
    isAmong(scope.workloads, notice.workload) &&
    (notice.wave === null || isAmong(scope.waves, notice.wave)) &&
    reaches(notice, scope, audience)
  );
}

/** Whether the wave, or for the release as a whole any wave, holds a tenant of the scope. */
function reaches({ wave }: Notice, { tiers, labels }: NoticeScope, { plan, tenantLabels }: Audience): boolean {
  if (plan === null || (tiers === null && labels === null)) return true;
  const waves = plan.waves.filter(({ name }) => wave === null || name === wave);
  const tenants = new Set(waves.flatMap(({ targets }) => targets.flatMap((target) => target.tenants)));
  const isTold = ({ name, tier }: { readonly name: string; readonly tier: string }) =>
    (tiers === null || tiers.includes(tier)) && hasLabels(tenantLabels.get(name) ?? {}, labels ?? {});
  return plan.tenants.some((tenant) => tenants.has(tenant.name) && isTold(tenant));
}

function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
