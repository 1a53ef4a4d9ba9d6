import { assertNever } from '../../domain/assert-never.ts';
import type { PlanMeasurement, PlanWave } from '../../domain/plan.ts';
import { formatDuration, type Instant } from '../../domain/time.ts';
import type { AnalysisPolicy, Window } from '../../domain/wave-plan.ts';
import type { Forecast } from '../forecast.ts';
import { nextClose, nextOpen } from '../windows.ts';
import { analysesText } from './analyses.ts';
import type { Section } from './document-input.ts';
import { bound, counted, percentOf, utc } from './figures.ts';
import { fold, moreOf } from './fold.ts';
import { table } from './table.ts';

/** What must hold before a weight rises or the next wave starts, wave by wave. */
export const gates: Section = ({ plan, forecast }, shown) =>
  [
    'A weight rises, and a wave passes, only on a pass: data of the new revision, newer than the step. A fail takes more bad requests',
    'than the objective explains by chance (less than 1 %). Inconclusive or missing data hold; they never widen.',
    '',
    ...plan.waves.flatMap((wave) => [`**Wave ${wave.name}**`, '', waveGates(wave, forecast, shown), '']),
    ...ownAnalyses(analysesText(plan)),
    'The queries behind these limits are in appendix A.',
  ].join('\n');

function ownAnalyses(text: string | null): readonly string[] {
  return text === null ? [] : [text, ''];
}

function waveGates(wave: PlanWave, forecast: Forecast, shown: number): string {
  const startsAt = forecast.waves.find((one) => one.wave === wave.name)?.startsAt ?? forecast.startAt;
  const { items, more } = fold(wave.measurements, shown);
  const limits = table(
    ['SLO', 'Tier', 'Source', 'Wanted'],
    items.map((measurement) => [measurement.slo, measurement.tier, measurement.source, wanted(measurement)]),
  );
  return [
    ...(wave.measurements.length > 0 ? [limits, ''] : ['No SLO is measured: health and bake are its only gates.', '']),
    ...(more > 0 ? [`and ${moreOf(more, 'limit')}`, ''] : []),
    `- ${judged(wave.analysis)}`,
    `- ${insufficient(wave.analysis)}`,
    `- ${approvals(wave.requiredApprovals)}`,
    `- ${windowsSentence(wave.windows, startsAt)}`,
  ].join('\n');
}

/** `at least 99.5 % good` */
function wanted({ measured, objective }: PlanMeasurement): string {
  switch (measured.kind) {
    case 'ratio':
      return `at least ${percentOf(objective)} good`;
    case 'latency':
      return `at least ${percentOf(objective)} below ${bound(measured.belowSeconds)}`;
    default:
      return assertNever(measured);
  }
}

function judged(analysis: AnalysisPolicy): string {
  const scope = analysis.scope === 'wave' ? 'the wave as a whole, its targets summed' : 'each target by itself';
  return (
    `judged: ${scope}, from ${counted(analysis.minRequests, 'request')} on, over the last ${formatDuration(analysis.windowMs)}, ` +
    `every ${formatDuration(analysis.intervalMs)}`
  );
}

function insufficient(analysis: AnalysisPolicy): string {
  const then = analysis.then === 'ask' ? 'asks a person' : 'rolls back';
  const limit = formatDuration(analysis.limitMs);
  switch (analysis.onInsufficient) {
    case 'wait':
      return `too little data: waits up to ${limit}, then ${then}`;
    case 'useWave':
      return `too little data for a target: the wave's sum judges it; if that does not suffice either, waits up to ${limit}, then ${then}`;
    case 'ask':
      return 'too little data: asks a person at once';
    case 'rollback':
      return 'too little data: rolls back';
    default:
      return assertNever(analysis.onInsufficient);
  }
}

function approvals(required: number): string {
  return required === 0 ? 'approvals: none' : `approvals: ${required}, each for this plan's hash, before it starts`;
}

function windowsSentence(windows: readonly Window[], at: Instant): string {
  if (windows.length === 0) return 'windows: always open';
  const local = windows.map((one) => `${one.days.join(', ')} ${one.from} to ${one.to} ${one.timezone}`).join('; ');
  const opens = nextOpen(windows, at);
  const closes = opens === null ? null : nextClose(windows, opens);
  const inUtc = opens === null || closes === null ? '' : ` (as forecast: ${utc(opens)} to ${utc(closes)})`;
  return `windows: ${local}${inUtc}`;
}
