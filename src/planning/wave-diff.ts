import type { MeasuredSlo, Plan, PlanMeasurement, PlanWave } from '../domain/plan.ts';
import { formatDuration } from '../domain/time.ts';
import type { Window } from '../domain/wave-plan.ts';
import { bound, percentOf } from './document/figures.ts';

/** A setting of a wave, or of the plan where `wave` is `null`, in words. */
export interface SettingChange {
  readonly wave: string | null;
  readonly setting: string;
  /** `null`: it was not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/** What differs in the plan as a whole: the order of its waves, and the way back. */
export function wavesChanged(from: Plan, to: Plan): readonly SettingChange[] {
  const settings = (plan: Plan): ReadonlyMap<string, string> =>
    new Map([
      ['wave plan', plan.wavePlan],
      ['waves', plan.waves.map(({ name }) => name).join(', ')],
      ['rollback order', plan.rollback.order.join(', ')],
      ['rollback at once', String(plan.rollback.maxConcurrency)],
    ]);
  return differences(null, settings(from), settings(to));
}

/** What differs in the waves that both plans have: limits, gates, objectives. */
export function waveSettings(from: Plan, to: Plan): readonly SettingChange[] {
  const before = new Map(from.waves.map((wave) => [wave.name, wave]));
  return to.waves.flatMap((wave) => {
    const old = before.get(wave.name);
    return old === undefined ? [] : differences(wave.name, settingsOf(old), settingsOf(wave));
  });
}

function differences(
  wave: string | null,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly SettingChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((setting) => ({ wave, setting, from: before.get(setting) ?? null, to: after.get(setting) ?? null }))
    .filter((one) => one.from !== one.to);
}

function settingsOf(wave: PlanWave): ReadonlyMap<string, string> {
  const { analysis } = wave;
  return new Map([
    ['at once', String(wave.maxConcurrency)],
    ['failures allowed', String(wave.maxFailures)],
    ['steps', stepsOf(wave)],
    ['bake of a step', formatDuration(wave.bakeStepMs)],
    ['bake of the wave', formatDuration(wave.bakeWaveMs)],
    ['deadline of a target', formatDuration(wave.targetDeadlineMs)],
    ['deadline of the wave', formatDuration(wave.waveDeadlineMs)],
    ['judged by', analysis.scope],
    ['requests needed', String(analysis.minRequests)],
    ['window of a measurement', formatDuration(analysis.windowMs)],
    ['measured every', formatDuration(analysis.intervalMs)],
    ['too few data', `${analysis.onInsufficient}, after ${formatDuration(analysis.limitMs)} ${analysis.then}`],
    ['approvals', String(wave.requiredApprovals)],
    ['windows', wave.windows.length === 0 ? 'always' : wave.windows.map(windowText).join('; ')],
    ['a failure rolls back', wave.onFailure],
    ...wave.measurements.map((one) => [`slo ${keyOf(one)}`, objectiveOf(one)] as const),
  ]);
}

function stepsOf({ targets }: PlanWave): string {
  const weights = targets.map(({ steps }) => [...steps.map(({ weightPercent }) => weightPercent), 100].join(' '));
  return [...new Set(weights)].sort().join(' or ');
}

function windowText({ days, from, to, timezone }: Window): string {
  return `${days.join(',')} ${from}-${to} ${timezone}`;
}

/** Without the wave that makes a key unique. */
function keyOf({ slo, tier, source }: PlanMeasurement): string {
  return `${slo}/${tier}@${source}`;
}

function objectiveOf({ objective, measured }: PlanMeasurement): string {
  return `${percentOf(objective)} ${countedText(measured)}`;
}

function countedText(measured: MeasuredSlo): string {
  if (measured.kind === 'ratio') return `of ${measured.total} are ${measured.good}`;
  return `of ${measured.histogram} below ${bound(measured.belowSeconds)}`;
}
