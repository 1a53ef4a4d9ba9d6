import type { Plan } from '../../domain/plan.ts';
import { FINAL_PHASES, type ReleaseStatus, type WaveStatus, waveClockMs } from '../../domain/release-status.ts';
import { type Instant, later } from '../../domain/time.ts';
import { forecast } from '../../planning/forecast.ts';
import type { SupposedPace } from './measured-pace.ts';

/** When the last wave passes if nothing fails and nobody is waited for; `null` for a release that is over or goes back. */
export function etaOf(plan: Plan, status: ReleaseStatus, now: Instant, pace: SupposedPace = {}): Instant | null {
  if (FINAL_PHASES.has(status.phase) || status.rollback !== null) return null;
  const current = status.waves.findIndex((wave) => wave.phase !== 'Passed');
  if (current === -1) return now;
  const endsAt = waveEnd(plan, current, status.waves[current]!, now, pace);
  return forecast({ ...plan, waves: plan.waves.slice(current + 1) }, { ...pace, startAt: endsAt }).endAt;
}

function waveEnd(plan: Plan, index: number, status: WaveStatus, now: Instant, pace: SupposedPace): Instant {
  const wave = plan.waves[index]!;
  const fromNow = forecast({ ...plan, waves: [wave] }, { ...pace, startAt: now }).endAt;
  if (status.phase === 'Waiting') return fromNow;
  if (status.phase === 'Baking' && status.bakingSince !== null) {
    return later(now, Math.max(0, status.bakingSince + wave.bakeWaveMs - now));
  }
  return later(now, Math.max(wave.bakeWaveMs, fromNow - now - waveClockMs(status, now)));
}
