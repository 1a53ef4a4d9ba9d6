import { formatCount } from '../../analysis/format-numbers.ts';
import type { Plan, PlanTarget, PlanTenant } from '../../domain/plan.ts';
import { counted, share } from '../../planning/document/figures.ts';
import type { HarmedTenant } from '../../planning/evidence.ts';
import { compare } from '../../planning/findings.ts';
import { targetsOf } from '../view/exposure-now.ts';
import { type Line, type Span, span } from '../view/line.ts';
import { MIXED } from './fleet-now.ts';

/** What the picture is drawn from. */
export interface WhoIsOnWhat {
  readonly plan: Plan;
  /** Tenant → version that serves it, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** The version that everybody should be on. */
  readonly good: string;
  /** The version that nobody should be on. */
  readonly bad: string;
  readonly harmed: readonly HarmedTenant[];
}

const NAMES_A_LINE = 5;
const NAME_WIDTH = 13;

/** Tiers from top to bottom, pools as rows of marks, everybody else by name; then who was hurt. */
export function whoIsOnWhat(picture: WhoIsOnWhat): readonly Line[] {
  const targets = targetsOf(picture.plan);
  const tiers = [...new Set(targets.map(({ tier }) => tier))];
  return [
    ...tiers.flatMap((tier) => [
      ...tierLines(
        picture,
        tier,
        targets.filter((one) => one.tier === tier),
      ),
    ]),
    [],
    ...sums(picture),
    ...hurt(picture),
  ];
}

function tierLines(picture: WhoIsOnWhat, tier: string, targets: readonly PlanTarget[]): readonly Line[] {
  const pools = targets
    .filter(({ kind }) => kind === 'pool')
    .sort((a, b) => compare(a.namespace, b.namespace))
    .map((pool) => poolLine(picture, pool));
  const dedicated = targets.filter(({ kind }) => kind === 'dedicated').flatMap(({ tenants }) => tenants);
  // a tenant with several targets stands there once
  const names = [...new Set(dedicated)].sort(compare);
  const rows = Array.from({ length: Math.ceil(names.length / NAMES_A_LINE) }, (_, row) =>
    names.slice(row * NAMES_A_LINE, (row + 1) * NAMES_A_LINE).flatMap((name) => tenantSpans(picture, name)),
  );
  return [...pools, ...rows].map((line, index) => [
    span(index === 0 ? `  ${tier.padEnd(12)}` : ' '.repeat(14), 'bold'),
    ...line,
  ]);
}

function poolLine(picture: WhoIsOnWhat, { namespace, tenants }: PlanTarget): Line {
  const marks = tenants.map((tenant) => mark(picture, tenant));
  return [span(`${namespace.padEnd(NAME_WIDTH)} `), ...marks, span(` ${counted(tenants.length, 'tenant')}`, 'dim')];
}

function tenantSpans(picture: WhoIsOnWhat, tenant: string): readonly Span[] {
  const isHurt = picture.harmed.some((one) => one.tenant === tenant);
  return [
    mark(picture, tenant),
    span(` ${isHurt ? `${tenant} !` : tenant}`.padEnd(NAME_WIDTH), isHurt ? 'bad' : 'plain'),
  ];
}

function mark({ versions, good, bad }: WhoIsOnWhat, tenant: string): Span {
  const version = versions.get(tenant);
  if (version === good) return span('●', 'good');
  if (version === bad) return span('✗', 'bad');
  return version === MIXED ? span('◐', 'busy') : span('○');
}

function sums({ plan, versions, good, bad }: WhoIsOnWhat): readonly Line[] {
  const on = (wanted: (version: string) => boolean): readonly PlanTenant[] =>
    plan.tenants.filter(({ name }) => wanted(versions.get(name) ?? ''));
  const all = weightOf(plan.tenants);
  const groups = [
    { text: `● on ${good}`, style: 'good', tenants: on((version) => version === good) },
    { text: `✗ on ${bad}`, style: 'bad', tenants: on((version) => version === bad) },
    { text: '◐ on two at once', style: 'busy', tenants: on((version) => version === MIXED) },
    { text: '○ on another', style: 'plain', tenants: on((version) => ![good, bad, MIXED].includes(version)) },
  ] as const;
  return groups
    .filter(({ tenants }, index) => index < 2 || tenants.length > 0)
    .map(({ text, style, tenants }) => [
      span(`  ${text}: `, tenants.length > 0 ? style : 'plain'),
      span(`${counted(tenants.length, 'tenant')}, ${share(weightOf(tenants), all)} of weight`),
    ]);
}

function weightOf(tenants: readonly PlanTenant[]): number {
  return tenants.reduce((sum, { weight }) => sum + weight, 0);
}

function hurt({ plan, harmed, bad }: WhoIsOnWhat): readonly Line[] {
  if (harmed.length === 0) return [[span('  ! nobody was hurt')]];
  const each = harmed.map(
    ({ tenant, seconds, badRequests }) => `${tenant} for ${seconds} s (${formatCount(badRequests)} bad responses)`,
  );
  return [
    [
      span(`  ! hurt by ${bad}: `, 'bad'),
      span(`${harmed.length} of ${counted(plan.tenants.length, 'tenant')}: ${each.join(', ')}`),
    ],
  ];
}
