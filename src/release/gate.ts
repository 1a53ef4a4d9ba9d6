import { judgeRows } from '../analysis/judge-rows.ts';
import type { PlanMeasurement, PlanWave } from '../domain/plan.ts';
import type { DecidingSample, TargetRun } from '../domain/target-run.ts';
import { earliest, formatDuration, type Instant, later } from '../domain/time.ts';
import type { VerdictKind } from '../domain/verdict.ts';
import { judgeDelayMs } from '../planning/check-wave.ts';
import {
  type AnsweredRows,
  type Counted,
  type Judged,
  named,
  type Reading,
  sampleOf,
  sentence,
} from './gate-reading.ts';
import { otherRows } from './other-rows.ts';
import type { IndexedTarget } from './plan-index.ts';
import { rememberedGate } from './remembered-gates.ts';
import { type MeasurementState, measurementKey, rowKey, type Snapshot } from './snapshot.ts';
import { worstGate } from './worst-gate.ts';

/** Rounds a source may miss before its last answer is too old to decide on. */
const MISSED_ROUNDS = 3;
/** Time a round may take on top of its interval, ms. */
const ROUND_SLACK_MS = 2_000;

/** What the data of a step say. `early`: no data newer than the step can be there yet. */
export interface Gate {
  readonly kind: VerdictKind | 'early';
  readonly reason: string;
  readonly message: string;
  /** When the first believable data can be there, later on when they are overdue; `null` when they are there. */
  readonly lookAt: Instant | null;
  readonly samples: readonly DecidingSample[];
}

/** A target whose revision can be measured since `readyAt`. */
export interface Measurable {
  readonly indexed: IndexedTarget;
  readonly revision: string;
  readonly readyAt: Instant;
}

/** Judges one target on its own data; in a pool, each tenant above the minimum too. */
export function targetGate(snapshot: Snapshot, wave: PlanWave, measurable: Measurable, now: Instant): Gate {
  const { indexed, revision, readyAt } = measurable;
  const measurements = measurementsOf(snapshot, wave, indexed);
  const inputs = [wave, revision, readyAt, ...statesOf(snapshot, wave, measurements)];
  return rememberedGate(indexed, inputs, now, () => {
    const readings = targetReadings(snapshot, wave, measurable, measurements, now);
    return { gate: combine(readings), until: knownUntil(readings, wave) };
  });
}

function targetReadings(
  snapshot: Snapshot,
  wave: PlanWave,
  measurable: Measurable,
  measurements: readonly PlanMeasurement[],
  now: Instant,
): readonly Reading[] {
  return measurements.map((measurement) => {
    const counted = read(snapshot, wave, measurement, [measurable], now);
    if (counted.kind !== 'rows') return { measurement, ...counted };
    const whom = { subject: subjectOf(measurable.indexed), of: { kind: 'target' } } as const;
    const own = reading(snapshot, measurement, whom, counted, wave);
    return accusedTenant(snapshot, wave, measurement, measurable) ?? own;
  });
}

/** What a gate is made of beside its subject. */
function statesOf(
  snapshot: Snapshot,
  wave: PlanWave,
  measurements: readonly PlanMeasurement[],
): readonly (MeasurementState | undefined)[] {
  return measurements.map((measurement) => snapshot.measurements.get(measurementKey(measurement, wave)));
}

/** Until the first of the answers is too old; `null` when one is not there. */
function knownUntil(readings: readonly Reading[], wave: PlanWave): Instant | null {
  const until = readings.map((one) => (one.kind === 'read' ? later(one.answered.at, staleAfterMs(wave)) : null));
  return until.includes(null) ? null : earliest(...until);
}

/** Judges all measurable targets of a wave together, tier by tier. */
export function waveGate(snapshot: Snapshot, wave: PlanWave, measurables: readonly Measurable[], now: Instant): Gate {
  const members = measurables.flatMap(({ indexed, revision, readyAt }) => [indexed, revision, readyAt]);
  return rememberedGate(wave, [...statesOf(snapshot, wave, wave.measurements), ...members], now, () => {
    const readings = waveReadings(snapshot, wave, measurables, now);
    return { gate: combine(readings), until: knownUntil(readings, wave) };
  });
}

function waveReadings(
  snapshot: Snapshot,
  wave: PlanWave,
  measurables: readonly Measurable[],
  now: Instant,
): readonly Reading[] {
  const groups = new Map<string, PlanMeasurement[]>();
  for (const measurement of wave.measurements) {
    const key = `${measurement.slo}/${measurement.tier}`;
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  const readings: Reading[] = [];
  for (const group of groups.values()) {
    const results = group.map((measurement) => {
      const members = measurables.filter((one) => isMeasuredBy(snapshot, measurement, one.indexed));
      return members.length === 0 ? null : read(snapshot, wave, measurement, members, now);
    });
    const merged = mergeSources(results.filter((result) => result !== null));
    if (merged === null) continue;
    const first = group[0]!;
    readings.push(
      merged.kind === 'rows'
        ? reading(snapshot, first, { subject: `wave ${wave.name}`, of: { kind: 'wave' } }, merged, wave)
        : { measurement: first, ...merged },
    );
  }
  return readings;
}

/** Rows of the members from the last answer, if it is newer than each member's step and not too old. */
function read(
  snapshot: Snapshot,
  wave: PlanWave,
  measurement: PlanMeasurement,
  members: readonly Measurable[],
  now: Instant,
): Counted {
  const state = snapshot.measurements.get(measurementKey(measurement, wave));
  const scrapeMs = scrapeIntervalMs(snapshot, measurement);
  const fromAt = (one: Measurable) => later(one.readyAt, judgeDelayMs(wave.analysis.windowMs, scrapeMs));
  const ripe = members.filter((one) => state !== undefined && fromAt(one) <= state.at);
  if (state === undefined || ripe.length === 0) {
    const lookAt = members.map(fromAt).reduce((a, b) => (a < b ? a : b));
    const overdueAt = later(lookAt, staleAfterMs(wave));
    if (now > overdueAt) return unavailable(`no answer from ${measurement.source}`);
    // an answer wakes by itself; what remains to be noticed is that none comes
    return { kind: 'early', lookAt: lookAt > now ? lookAt : later(overdueAt, 1) };
  }
  if (state.kind === 'unavailable') return unavailable(state.message, state.reason);
  if (now - state.at > staleAfterMs(wave)) {
    return unavailable(`last answer from ${measurement.source} is ${formatDuration(now - state.at)} old`);
  }
  const keys = ripe.flatMap((one) => rowKeys(one).filter((key) => state.rows.has(key)));
  return {
    kind: 'rows',
    at: state.at,
    rows: keys.map((key) => state.rows.get(key)!),
    others: keys.flatMap((key) => otherRows(state.rows, key)),
  };
}

function unavailable(message: string, reason = 'SourceUnavailable'): Counted {
  return { kind: 'unavailable', reason, message };
}

function scrapeIntervalMs(snapshot: Snapshot, measurement: PlanMeasurement): number {
  return snapshot.index.plan.sources.find((one) => one.name === measurement.source)?.scrapeIntervalMs ?? 0;
}

function staleAfterMs(wave: PlanWave): number {
  return MISSED_ROUNDS * wave.analysis.intervalMs + ROUND_SLACK_MS;
}

/** Each pass asks for the rows of every started target: the keys of a target's revision are spelled once. */
const knownKeys = new WeakMap<IndexedTarget, { readonly revision: string; readonly keys: readonly string[] }>();

/** In the order of the target's tenants. */
function rowKeys({ indexed, revision }: Measurable): readonly string[] {
  const known = knownKeys.get(indexed);
  if (known?.revision === revision) return known.keys;
  const keys = indexed.tenants.map((tenant) => rowKey(indexed.target.cluster, tenant.id, revision));
  knownKeys.set(indexed, { revision, keys });
  return keys;
}

/** Believes the rows only when every source that should have answered did. */
function mergeSources(results: readonly Counted[]): Counted | null {
  if (results.length === 0) return null;
  const unavailable = results.find((result) => result.kind === 'unavailable');
  if (unavailable !== undefined) return unavailable;
  const answered = results.filter((result) => result.kind === 'rows');
  const [first] = answered;
  if (first === undefined) return results[0] ?? null;
  return {
    kind: 'rows',
    at: first.at,
    rows: answered.flatMap(({ rows }) => rows),
    others: answered.flatMap(({ others }) => others),
  };
}

/** The first tenant of a pool whose own traffic, above the minimum, fails. */
function accusedTenant(
  snapshot: Snapshot,
  wave: PlanWave,
  measurement: PlanMeasurement,
  one: Measurable,
): Reading | null {
  const { target, tenants } = one.indexed;
  // the only tenant of a place of its own is judged as that place
  if (target.kind === 'dedicated' && tenants.length === 1) return null;
  const state = snapshot.measurements.get(measurementKey(measurement, wave));
  if (state?.kind !== 'counts') return null;
  const keys = rowKeys(one);
  for (const [index, tenant] of tenants.entries()) {
    const counts = state.rows.get(keys[index]!);
    if (counts === undefined) continue;
    const own = { at: state.at, rows: [counts], others: otherRows(state.rows, keys[index]!) };
    const whom = { subject: tenant.name, of: { kind: 'tenant', tenant: tenant.name } } as const;
    const accused = reading(snapshot, measurement, whom, own, wave);
    if (accused.kind === 'read' && accused.verdict.kind === 'fail') return accused;
  }
  return null;
}

function reading(
  snapshot: Snapshot,
  measurement: PlanMeasurement,
  judged: Judged,
  answered: AnsweredRows,
  { analysis }: PlanWave,
): Reading {
  const verdict = judgeRows(
    { canary: answered.rows, stable: answered.others },
    {
      objective: measurement.objective,
      minRequests: analysis.minRequests,
      windowMs: analysis.windowMs,
      scrapeIntervalMs: scrapeIntervalMs(snapshot, measurement),
    },
  );
  return { kind: 'read', measurement, ...judged, answered, verdict };
}

/** Measurements that speak for a target: its tier's, from its cluster's source. */
export function measurementsOf(snapshot: Snapshot, wave: PlanWave, indexed: IndexedTarget): readonly PlanMeasurement[] {
  return wave.measurements.filter((measurement) => isMeasuredBy(snapshot, measurement, indexed));
}

function isMeasuredBy(snapshot: Snapshot, measurement: PlanMeasurement, indexed: IndexedTarget): boolean {
  const { tier, cluster } = indexed.target;
  return measurement.tier === tier && snapshot.index.plan.clusterSources[cluster] === measurement.source;
}

/** The worst reading speaks: fail, then missing, early, inconclusive, pass. */
function combine(readings: readonly Reading[]): Gate {
  const samples = readings.flatMap((one) => (one.kind === 'read' ? [sampleOf(one)] : []));
  const gates = readings.map((one) => gateOf(one, samples));
  if (gates.length > 0) return worstGate(gates);
  return { kind: 'missing', reason: 'NothingMeasured', message: 'no SLO is measured here', lookAt: null, samples };
}

function gateOf(one: Reading, samples: readonly DecidingSample[]): Gate {
  if (one.kind === 'early') {
    return {
      kind: 'early',
      reason: 'TooEarly',
      message: 'no data newer than the step yet',
      lookAt: one.lookAt,
      samples,
    };
  }
  if (one.kind === 'unavailable') {
    return { kind: 'missing', reason: one.reason, message: named(one.reason, one.message), lookAt: null, samples };
  }
  const { kind, reason } = one.verdict;
  return { kind, reason, message: named(reason, sentence(one)), lookAt: null, samples };
}

/** What people call a target: its tenant, or its pool's namespace. */
export function subjectOf({ target }: IndexedTarget): string {
  return target.kind === 'dedicated' ? (target.tenants[0] ?? target.namespace) : target.namespace;
}

/**
 * The pause or promotion since which a run's present exposure can be measured; `null` while it moves. A step has not begun before it was decided,
 * whatever the clock of its cluster says.
 */
export function readySince(run: TargetRun, pauseStartedAt: Instant | null): Instant | null {
  if (run.goal.kind !== 'step') return run.reachedAt;
  return pauseStartedAt === null || pauseStartedAt > run.goalAt ? pauseStartedAt : run.goalAt;
}
