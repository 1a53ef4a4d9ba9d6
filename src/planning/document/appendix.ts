import type { Plan } from '../../domain/plan.ts';
import { analysisQueries } from './analyses.ts';
import type { Section } from './document-input.ts';
import { fold, moreOf } from './fold.ts';
import { table } from './table.ts';
import { podsOf } from './waves-section.ts';

/** Every query, ready to be pasted into Prometheus. */
export const queries: Section = ({ plan }, shown) => {
  const all = [...plan.waves.flatMap((wave) => wave.measurements), ...analysisQueries(plan)];
  const { items, more } = fold(all, shown);
  const blocks = items.map(({ key, query }) =>
    [`\`${key}\``, '', ...query.split('\n').map((line) => `    ${line}`), ''].join('\n'),
  );
  return [...blocks, ...(more > 0 ? [`and ${moreOf(more, 'query', 'queries')}`] : [])].join('\n').trimEnd();
};

/** Every target in the order it starts. */
export const targets: Section = ({ plan }, shown) => {
  const rows = targetRows(plan);
  const { items, more } = fold(rows, shown);
  const text = table(['#', 'Wave', 'Target', 'Tier', 'Pods', 'Tenants'], items);
  return more > 0 ? `${text}\n\nand ${moreOf(more, 'target')}` : text;
};

function targetRows(plan: Plan): readonly (readonly string[])[] {
  return plan.waves
    .flatMap((wave) => wave.targets.map((target) => ({ wave: wave.name, target })))
    .map(({ wave, target }, index) => [
      `${index + 1}`,
      wave,
      target.id,
      target.tier,
      podsOf(target.replicas),
      target.tenants.length > 3 ? `${target.tenants.length} tenants` : target.tenants.join(', '),
    ]);
}
