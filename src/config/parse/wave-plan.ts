import type { AnalysisPolicy, CountOrPercent, Wave, WavePlan } from '../../domain/wave-plan.ts';
import type { WireDocument } from '../wire/kinds.ts';
import { daysOf } from '../wire/window.ts';
import { durationMs } from './duration.ts';
import { parseSelector } from './selector.ts';

type WireWave = WireDocument<'WavePlan'>['spec']['waves'][number];

/** A WavePlan document as the domain knows it. */
export function parseWavePlan({ metadata, spec }: WireDocument<'WavePlan'>): WavePlan {
  return { name: metadata.name, waves: spec.waves.map(waveOf), rollback: spec.rollback };
}

function waveOf(wave: WireWave): Wave {
  return {
    name: wave.name,
    select: parseSelector(wave.select),
    maxConcurrency: countOrPercent(wave.maxConcurrency),
    maxFailures: countOrPercent(wave.maxFailures),
    steps: wave.steps,
    bakeStepMs: durationMs(wave.bake.step),
    bakeWaveMs: durationMs(wave.bake.wave),
    targetDeadlineMs: durationMs(wave.deadline.target),
    waveDeadlineMs: durationMs(wave.deadline.wave),
    analysis: analysisOf(wave.analysis),
    requiredApprovals: wave.approval.required,
    windows: wave.windows.map(({ days, from, to, timezone }) => ({ days: daysOf(days), from, to, timezone })),
    onFailure: wave.onFailure.rollback,
  };
}

function countOrPercent(value: number | string): CountOrPercent {
  if (typeof value === 'number') return { kind: 'count', count: value };
  return { kind: 'percent', percent: Number(value.slice(0, -1)) };
}

function analysisOf({ limit, window, interval, ...policy }: WireWave['analysis']): AnalysisPolicy {
  return { ...policy, limitMs: durationMs(limit), windowMs: durationMs(window), intervalMs: durationMs(interval) };
}
