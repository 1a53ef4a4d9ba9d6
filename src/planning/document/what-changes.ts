import type { Plan } from '../../domain/plan.ts';
import { compare } from '../findings.ts';
import type { Section } from './document-input.ts';
import { counted } from './figures.ts';
import { fold, moreOf } from './fold.ts';
import { table } from './table.ts';

/** The new version by digest, and the versions it replaces. */
export const whatChanges: Section = ({ plan, running }, shown) => {
  const images = Object.entries(plan.version.images).sort(([a], [b]) => compare(a, b));
  return [
    `Workload \`${plan.workload}\` goes to version \`${plan.version.name}\`:`,
    '',
    table(
      ['Container', 'Image'],
      images.map(([container, image]) => [container, image]),
    ),
    '',
    running === null ? notRead(plan) : fromVersions(plan, running, shown),
    ...(plan.source === 'existing' ? ['', OTHERS] : []),
  ].join('\n');
};

const OTHERS =
  "Its Rollouts are others': the images of these containers and the canary steps are written, nothing else. A target that is promoted, or " +
  'taken back, has its own steps again.';

function notRead(plan: Plan): string {
  return (
    'The versions it comes from were not read: this plan was made without asking the clusters. What each target runs when its wave ' +
    `starts is recorded before \`${plan.version.name}\` is written, and is what a rollback puts back.`
  );
}

function fromVersions(plan: Plan, running: ReadonlyMap<string, string>, shown: number): string {
  const counts = new Map<string, number>();
  for (const { id } of plan.waves.flatMap((wave) => wave.targets)) {
    const version = running.get(id) ?? 'nothing yet (first deploy: no rollback, nothing to go back to)';
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  const { items, more } = fold(
    [...counts].sort(([, a], [, b]) => b - a),
    shown,
  );
  const from = items.map(([version, targets]) => `${version} on ${counted(targets, 'target')}`);
  return `It replaces ${from.join(', ')}${more > 0 ? `, and ${moreOf(more, 'version')}` : ''}.`;
}
