import type { PlanStep, PlanWave } from '../domain/plan.ts';
import { formatDuration } from '../domain/time.ts';
import type { PlanDocument } from '../planning/document/document-input.ts';
import { about, counted, share, utc } from '../planning/document/figures.ts';
import { everyone } from '../planning/exposure.ts';
import { findingText } from './planned-releases.ts';
import { alignColumns } from './table.ts';

const LEFT_OUT_SHOWN = 10;

/** A plan in short, line by line; the whole of it is the Markdown. */
export function planText(document: PlanDocument): readonly string[] {
  const { plan } = document;
  const leftOut = plan.leftOut.map(({ tenant, reason, message }) => `  ${tenant}: ${reason}: ${message}`);
  const warnings = plan.findings.map((finding) => `  ${findingText(finding)}`);
  return [
    `${plan.release}: ${plan.workload} to ${plan.version.name} along ${plan.wavePlan}, plan ${plan.hash.slice(0, 12)}`,
    reachLine(document),
    '',
    ...alignColumns([
      ['wave', 'targets', 'tenants', 'at once', 'may fail', 'steps %', 'bakes', 'gates', 'passes at'],
      ...plan.waves.map((wave, index) => waveRow(document, wave, index)),
    ]),
    '',
    forecastLine(document),
    ...(leftOut.length === 0 ? [] : [`left out: ${counted(leftOut.length, 'tenant')}`]),
    ...leftOut.slice(0, LEFT_OUT_SHOWN),
    ...(leftOut.length > LEFT_OUT_SHOWN
      ? [`  and ${leftOut.length - LEFT_OUT_SHOWN} more, see --output markdown`]
      : []),
    ...(warnings.length === 0 ? [] : ['warnings:']),
    ...warnings,
  ];
}

function reachLine({ plan }: PlanDocument): string {
  const total = everyone(plan);
  const left = new Set(plan.leftOut.map(({ tenant }) => tenant));
  const reached = plan.tenants.filter(({ name }) => !left.has(name));
  const weight = reached.reduce((sum, tenant) => sum + tenant.weight, 0);
  const targets = plan.waves.flatMap((wave) => wave.targets);
  const clusters = new Set(targets.map(({ cluster }) => cluster)).size;
  return `reaches ${reached.length} of ${counted(total.tenants, 'tenant')} (${share(weight, total.weight)} of all weight) in ${counted(targets.length, 'target')} of ${counted(clusters, 'cluster')}`;
}

function waveRow({ forecast }: PlanDocument, wave: PlanWave, index: number): readonly string[] {
  const times = forecast.waves[index];
  return [
    wave.name,
    String(wave.targets.length),
    String(new Set(wave.targets.flatMap(({ tenants }) => tenants)).size),
    String(wave.maxConcurrency),
    String(wave.maxFailures),
    stepsOf(wave),
    `${formatDuration(wave.bakeStepMs)}, wave ${formatDuration(wave.bakeWaveMs)}`,
    gatesOf(wave),
    times === undefined ? '' : utc(times.passesAt),
  ];
}

/** `25→50 50→100`: declared, and what the pods of the first target give where that differs. */
function stepsOf({ targets }: PlanWave): string {
  const shown = (step: PlanStep): string =>
    step.weightPercent === step.effectivePercent
      ? `${step.weightPercent}`
      : `${step.weightPercent}(${step.effectivePercent})`;
  const longest = [...targets].sort((a, b) => b.steps.length - a.steps.length)[0];
  return [...(longest?.steps ?? []).map(shown), '100'].join(' ');
}

function gatesOf({ measurements, requiredApprovals, windows }: PlanWave): string {
  const slos = new Set(measurements.map(({ slo }) => slo)).size;
  return [
    counted(slos, 'slo'),
    ...(requiredApprovals > 0 ? [counted(requiredApprovals, 'approval')] : []),
    ...(windows.length > 0 ? [counted(windows.length, 'window')] : []),
  ].join(', ');
}

function forecastLine({ forecast }: PlanDocument): string {
  const back = Math.max(0, ...forecast.waves.map((wave) => wave.rollbackMs));
  return `forecast: done ${utc(forecast.endAt)}, ${about(forecast.endAt - forecast.startAt)} after the start; everybody taken back within ${about(back)}`;
}
