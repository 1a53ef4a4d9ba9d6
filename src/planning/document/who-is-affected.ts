import { formatCount } from '../../analysis/format-numbers.ts';
import type { LeftOut, Plan } from '../../domain/plan.ts';
import { everyone } from '../exposure.ts';
import { someOf } from '../findings.ts';
import type { Section } from './document-input.ts';
import { counted, share } from './figures.ts';
import { foldedList } from './fold.ts';
import { inline, table } from './table.ts';

const REASONS: Readonly<Record<LeftOut['reason'], string>> = {
  Held: 'Held',
  PoolMateHeld: 'Shares a pool with a held tenant',
  OutOfScope: 'Out of the scope of this release',
  NoPlacement: 'Does not run this workload',
};

/** Tiers, pools with their strictest tier, and everyone who is left out, by name and with the reason. */
export const whoIsAffected: Section = ({ plan }, shown) =>
  [tiers(plan), '', pools(plan, shown), leftOut(plan, shown)].filter((part) => part !== null).join('\n');

function tiers(plan: Plan): string {
  const left = new Set(plan.leftOut.map((one) => one.tenant));
  const total = everyone(plan);
  const names = [...new Set([...plan.rollback.order, ...plan.tenants.map((tenant) => tenant.tier)])];
  const rows = names
    .map((tier) => ({ tier, all: plan.tenants.filter((tenant) => tenant.tier === tier) }))
    .filter(({ all }) => all.length > 0)
    .map(({ tier, all }) => {
      const reached = all.filter((tenant) => !left.has(tenant.name));
      const weight = reached.reduce((sum, tenant) => sum + tenant.weight, 0);
      const counts = [reached.length, all.length - reached.length, weight].map(formatCount);
      return [tier, ...counts, share(weight, total.weight)];
    });
  return table(['Tier', 'Tenants', 'Left out', 'Weight', 'Share of all weight'], rows);
}

function pools(plan: Plan, shown: number): string | null {
  const targets = plan.waves.flatMap((wave) => wave.targets.map((target) => ({ ...target, wave: wave.name })));
  const lines = targets
    .filter((target) => target.kind === 'pool')
    .map(
      (pool) =>
        `\`${pool.id}\` serves ${counted(pool.tenants.length, 'tenant')} (${someOf(pool.tenants, 3)}); its strictest tier is ${pool.tier}, so it goes with wave ${pool.wave}`,
    );
  if (lines.length === 0) return null;
  return [
    'Pools, which go whole: all of their tenants are on the new version in part from the first step on.',
    '',
    foldedList(lines, shown, 'pool'),
    '',
  ].join('\n');
}

function leftOut(plan: Plan, shown: number): string {
  if (plan.leftOut.length === 0) return 'Nobody is left out.';
  const lines = plan.leftOut.map((one) => `${one.tenant}: ${REASONS[one.reason]}; ${inline(one.message)}`);
  return [`Left out, ${counted(lines.length, 'tenant')}:`, '', foldedList(lines, shown, 'tenant')].join('\n');
}
