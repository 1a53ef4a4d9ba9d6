import { formatCount } from '../../analysis/format-numbers.ts';
import { type ExposurePoint, everyone, exposure, type Reach } from '../exposure.ts';
import type { Section } from './document-input.ts';
import { share } from './figures.ts';
import { fold, moreOf } from './fold.ts';
import { table } from './table.ts';

/** Who is on the new version after each step of a wave's first batch, and after each wave. */
export const exposureSection: Section = ({ plan }, shown) => {
  const total = everyone(plan);
  const { items, more } = fold(exposure(plan), shown);
  return [
    `Of ${formatCount(total.tenants)} tenants with a weight of ${formatCount(total.weight)}. Full: all of a tenant's traffic is on the new version. Partial: a share of it.`,
    '',
    table(
      ['After', 'Full', 'Full, weight', 'Partial', 'Partial, weight', 'Largest share'],
      items.map((point) => row(point, total)),
    ),
    ...(more > 0 ? ['', `and ${moreOf(more, 'step')}`] : []),
  ].join('\n');
};

function row(point: ExposurePoint, total: Reach): readonly string[] {
  return [
    point.weightPercent === null ? `${point.wave}: done` : `${point.wave}: first batch at ${point.weightPercent} %`,
    formatCount(point.full.tenants),
    share(point.full.weight, total.weight),
    formatCount(point.partial.tenants),
    share(point.partial.weight, total.weight),
    point.partialPercent === 0 ? '' : `${point.partialPercent} %`,
  ];
}
