import { formatCount } from '../../analysis/format-numbers.ts';
import type { PlanStep, PlanWave } from '../../domain/plan.ts';
import { formatDuration } from '../../domain/time.ts';
import type { Section } from './document-input.ts';
import { counted } from './figures.ts';
import { fold, moreOf } from './fold.ts';
import { table } from './table.ts';

/** Every wave in integers, then its steps with what they really give. */
export const waves: Section = ({ plan }, shown) =>
  [
    table(
      [
        'Wave',
        'Targets',
        'Tenants',
        'At once',
        'May fail',
        'Approvals',
        'Bake step',
        'Bake wave',
        'Deadline target',
        'Deadline wave',
      ],
      plan.waves.map(waveRow),
    ),
    '',
    'Steps, as declared and as the pods give them (without a traffic router a share is a number of pods):',
    '',
    steps(plan.waves, shown),
    '',
    'After its last step a target goes to 100 %. Deadlines stand still while a window, a freeze or an approval blocks.',
  ].join('\n');

function waveRow(wave: PlanWave): readonly string[] {
  return [
    wave.name,
    formatCount(wave.targets.length),
    formatCount(new Set(wave.targets.flatMap((target) => target.tenants)).size),
    formatCount(wave.maxConcurrency),
    formatCount(wave.maxFailures),
    formatCount(wave.requiredApprovals),
    formatDuration(wave.bakeStepMs),
    formatDuration(wave.bakeWaveMs),
    formatDuration(wave.targetDeadlineMs),
    formatDuration(wave.waveDeadlineMs),
  ];
}

function steps(planWaves: readonly PlanWave[], shown: number): string {
  const rows = planWaves.flatMap((wave) => {
    const groups = new Map<number | null, { targets: number; readonly steps: readonly PlanStep[] }>();
    for (const target of wave.targets) {
      const group = groups.get(target.replicas) ?? { targets: 0, steps: target.steps };
      group.targets += 1;
      groups.set(target.replicas, group);
    }
    return [...groups]
      .sort(([a], [b]) => (a ?? 0) - (b ?? 0))
      .map(([replicas, group]) => [wave.name, `${group.targets}`, podsOf(replicas), formatSteps(group.steps)]);
  });
  const { items, more } = fold(rows, shown);
  const text = table(['Wave', 'Targets', 'Pods each', 'Steps: declared (effective)'], items);
  return more > 0 ? `${text}\n\nand ${moreOf(more, 'group')}` : text;
}

/** `?` where nobody said how many there are. */
export function podsOf(replicas: number | null): string {
  return replicas === null ? '?' : `${replicas}`;
}

function formatSteps(planSteps: readonly PlanStep[]): string {
  if (planSteps.length === 0) return '100 % at once';
  return planSteps.map((step) => `${step.weightPercent} % (${step.effectivePercent} %)`).join(', ');
}

/** `5 targets in 3 waves` */
export function size(planWaves: readonly PlanWave[]): string {
  const targets = planWaves.reduce((sum, wave) => sum + wave.targets.length, 0);
  return `${counted(targets, 'target')} in ${counted(planWaves.length, 'wave')}`;
}
