import { assertNever } from '../../domain/assert-never.ts';
import type { PlanWave, TargetId } from '../../domain/plan.ts';
import type { ReleaseStatus, WaveStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import { type Instant, later } from '../../domain/time.ts';
import { clockTime, lasting } from './clock-time.ts';
import { gatesLine } from './gates-line.ts';
import { type Line, type Span, spaced, span } from './line.ts';
import { targetLines } from './target-lines.ts';
import { countWave, type WaveCount } from './wave-count.ts';

/** What a wave's lines are drawn from. */
export interface WaveView {
  readonly index: number;
  readonly wave: PlanWave;
  readonly status: ReleaseStatus;
  readonly runs: ReadonlyMap<TargetId, TargetRun>;
  /** How many people have approved the wave. */
  readonly approvals: number;
  readonly nameWidth: number;
  readonly now: Instant;
  readonly zone: string;
}

/** The columns that the lines below a wave stand in. */
const INDENT = span('       ');

/** A wave: one line of state, then its gates and what moves in it. */
export function waveLines(view: WaveView): readonly Line[] {
  const { wave, runs, now } = view;
  const status = view.status.waves[view.index]!;
  const count = countWave(wave, runs);
  const started = wave.targets.flatMap((target) => runs.get(target.id) ?? []);
  const gates = gatesLine(started);
  const below = [...(gates.length === 0 ? [] : [gates]), ...targetLines(wave, runs, now)];
  return [head(view, status, count), ...below.map((line) => [INDENT, ...line])];
}

function head(view: WaveView, status: WaveStatus, count: WaveCount): Line {
  const { index, wave, nameWidth } = view;
  const done = `${count.promoted}/${count.targets}`.padStart(5);
  return spaced(
    mark(status, count),
    span(`${index + 1} ${wave.name.padEnd(nameWidth)}`, 'bold'),
    span(done),
    ...state(view, status, count),
    budget(wave, count),
  );
}

function mark(status: WaveStatus, count: WaveCount): Span {
  if (count.goingBack > 0) return span('<', 'bad');
  if (count.back > 0 && count.promoted === 0) return span('<');
  switch (status.phase) {
    case 'Waiting':
      return span('·', 'dim');
    case 'Running':
      return span('>', 'busy');
    case 'Baking':
      return span('~', 'busy');
    case 'Passed':
      return span('✓', 'good');
    case 'Failed':
      return span('✗', 'bad');
    default:
      return assertNever(status.phase);
  }
}

function state(view: WaveView, status: WaveStatus, count: WaveCount): readonly Span[] {
  const { wave, zone, now } = view;
  const word = status.phase === 'Failed' ? [span('FAILED', 'bad')] : [];
  if (count.goingBack > 0) return [...word, span(`going back: ${count.back} back, ${count.goingBack} to go`, 'bad')];
  if (count.back > 0 && view.status.rollback !== null) return [...word, span(`taken back: ${count.back}`)];
  switch (status.phase) {
    case 'Waiting':
      return [span(waitsFor(view), 'dim')];
    case 'Running':
      return [
        span(`${count.inFlight} in flight of ${wave.maxConcurrency} at once`, 'busy'),
        span(count.notStarted > 0 ? `${count.notStarted} not started` : ''),
        blocked(status, zone),
      ];
    case 'Baking':
      return [bakeCountdown(wave, status, now, zone), blocked(status, zone)];
    case 'Passed':
      return [span(status.passedAt === null ? 'passed' : `passed ${clockTime(status.passedAt, zone)}`, 'good')];
    case 'Failed':
      return [span('FAILED', 'bad')];
    default:
      return assertNever(status.phase);
  }
}

function waitsFor({ index, wave, status, approvals }: WaveView): string {
  if (status.rollback !== null) return 'not started';
  const isNext = status.waves[index - 1]?.phase === 'Passed';
  const missing = wave.requiredApprovals - approvals;
  const gates = [
    ...(isNext || index === 0 ? [] : [`wave ${status.waves[index - 1]!.name}`]),
    ...(missing <= 0 ? [] : [counted(missing)]),
    ...wave.windows.map(({ days, from, to, timezone }) => `window ${days.join(',')} ${from}-${to} ${timezone}`),
  ];
  return gates.length === 0 ? 'waits' : `waits for ${gates.join(' + ')}`;
}

function counted(approvals: number): string {
  return approvals === 1 ? '1 approval' : `${approvals} approvals`;
}

function bakeCountdown(wave: PlanWave, status: WaveStatus, now: Instant, zone: string): Span {
  if (status.bakingSince === null) return span('bakes', 'busy');
  const endsAt = later(status.bakingSince, wave.bakeWaveMs);
  if (now >= endsAt) return span('baked, waits for proof', 'busy');
  return span(`bakes until ${clockTime(endsAt, zone)} (${lasting(endsAt - now)})`, 'busy');
}

function blocked(status: WaveStatus, zone: string): Span {
  return status.blockedSince === null
    ? span('')
    : span(`its clock stands since ${clockTime(status.blockedSince, zone)}`);
}

function budget(wave: PlanWave, count: WaveCount): Span {
  if (count.notStarted === count.targets) return span('');
  const text = `failed ${count.failed}, allowed ${wave.maxFailures}`;
  return span(text, count.failed > wave.maxFailures ? 'bad' : 'dim');
}
