import { formatCount } from '../../analysis/format-numbers.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Plan, PlanWave } from '../../domain/plan.ts';
import type { Section } from './document-input.ts';
import { about, counted } from './figures.ts';
import { table } from './table.ts';

/** What a failure does, in sentences, then how everyone comes back and how long that takes. */
export const failurePolicy: Section = ({ plan }) =>
  [
    ...plan.waves.map((wave) => `- **${wave.name}**: ${wavePolicy(wave)}`),
    '',
    'A target fails when its verdict is a fail, when it is not ready by its deadline, when the guard in its own cluster aborts it, or when',
    'what runs is not what was rendered. A deadline that passes counts as a failure. Analysis goes on during every wait, for a person too,',
    'and can still roll back.',
  ].join('\n');

function wavePolicy(wave: PlanWave): string {
  const budget =
    wave.maxFailures === 0
      ? 'the first failed target stops it'
      : `${counted(wave.maxFailures, 'target')} of ${wave.targets.length} may fail and are taken back alone; one more stops it`;
  return `${budget}; ${scope(wave)}.`;
}

function scope(wave: PlanWave): string {
  switch (wave.onFailure) {
    case 'target':
      return 'then the failed targets are taken back, the others stay as they are and a person decides';
    case 'wave':
      return 'then every target of this wave is taken back, promoted ones included; earlier waves keep the new version';
    case 'release':
      return 'then every target of this release is taken back, earlier waves included';
    default:
      return assertNever(wave.onFailure);
  }
}

/** The waves of a rollback: the targets of the whole release by tier, in the order they go back. */
function rollbackTiers(plan: Plan): readonly (readonly string[])[] {
  const all = plan.waves.flatMap((wave) => wave.targets);
  return plan.rollback.order
    .map((tier) => ({ tier, targets: all.filter((target) => target.tier === tier) }))
    .filter(({ targets }) => targets.length > 0)
    .map(({ tier, targets }, index) => [
      `${index + 1}. ${tier}`,
      formatCount(targets.length),
      formatCount(new Set(targets.flatMap((target) => target.tenants)).size),
    ]);
}

/** Order, width and time to safety of a rollback. */
export const rollback: Section = ({ plan, forecast }) =>
  [
    `In the order ${plan.rollback.order.join(', then ')}, up to ${counted(plan.rollback.maxConcurrency, 'target')} at a time. Windows and freezes do not hold it.`,
    `Each target gets the ${plan.source === 'existing' ? 'images' : 'template'} that it ran before its wave started, and is done when it is Healthy on ${plan.source === 'existing' ? 'them' : 'it'}.`,
    '',
    table(['Goes back', 'Targets', 'Tenants'], rollbackTiers(plan)),
    '',
    table(
      ['If it fails in wave', 'Everyone back within about'],
      forecast.waves.map((wave) => [wave.wave, about(wave.rollbackMs)]),
    ),
    '',
    "That is the pace of the clusters' controllers with all targets of the release so far to take back. Without a traffic router traffic",
    'leaves as pods drain. A cluster that cannot be reached is retried until it is, paged, and never reported as rolled back.',
  ].join('\n');
