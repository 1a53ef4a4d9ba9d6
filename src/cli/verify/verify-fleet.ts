import { SIGNIFICANCE_RATIO } from '../../analysis/judge.ts';
import type { ClusterObserver } from '../../controller/cluster-observer.ts';
import type { TargetId } from '../../domain/plan.ts';
import { type Instant, later } from '../../domain/time.ts';
import type { VerdictKind } from '../../domain/verdict.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import type { MeasurementState } from '../../release/snapshot.ts';
import { askSources, type Look, type Question, questionsOf } from './ask-sources.ts';
import { type JudgedSlo, judgeUnits, type Standing, worstOf } from './judgement.ts';
import { lostSight, type Readiness, readinessOf, standingsNow } from './standings.ts';
import type { VerifiedTarget, VerifiedUnit } from './units.ts';

/** What is verified, by what, and how long. */
export interface Verification {
  readonly units: readonly VerifiedUnit[];
  readonly observers: ReadonlyMap<string, ClusterObserver>;
  readonly sources: ReadonlyMap<string, MetricSource>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The time that must have passed, ms. */
  readonly forMs: number;
  /** Data count from here on; `null`: from when every target has settled. */
  readonly sinceAt: Instant | null;
  /** How long targets may take to settle first, ms. */
  readonly settleMs: number;
  readonly watch: VerificationWatch;
}

/** Told of what happens on the way. */
export interface VerificationWatch {
  settling(messages: readonly string[]): void;
  began(begun: Begun, now: Instant): void;
  looked(judged: readonly JudgedSlo[], begun: Begun, now: Instant): void;
  changed(target: TargetId, standing: Extract<Standing, { kind: 'changed' }>, now: Instant): void;
}

/** What is being looked at, once it is known what runs. */
export interface Begun {
  readonly units: readonly VerifiedUnit[];
  readonly standings: ReadonlyMap<TargetId, Standing>;
  readonly questions: readonly Question[];
  /** Where nothing is deployed. */
  readonly notDeployed: readonly TargetId[];
  readonly sinceAt: Instant;
  readonly untilAt: Instant;
}

/** How it ended. */
export type Verified =
  | { readonly kind: 'refused'; readonly message: string; readonly targets: readonly string[] }
  | {
      readonly kind: 'judged';
      readonly verdict: VerdictKind;
      /** Whether somebody stopped it before its time. */
      readonly isStopped: boolean;
      readonly begun: Begun;
      readonly standings: ReadonlyMap<TargetId, Standing>;
      readonly judged: readonly JudgedSlo[];
      readonly answers: ReadonlyMap<string, MeasurementState>;
      readonly look: Look;
    };

const SETTLE_LOOK_MS = 250;
/** What a cluster may take to be listed before the others begin without it. */
const REACH_MS = 10_000;
const LOOKS = 20;
const SHORTEST_INTERVAL_MS = 500;
const LONGEST_INTERVAL_MS = 30_000;
/** What the sources may take to answer the last question. */
const LAST_ANSWER_MS = 8_000;
/** Scrapes that a window must hold before anything is read from it. */
export const LEAST_SCRAPES = 3;

/** Judges what runs now until the time has passed, or a failure is certain. */
export async function verifyFleet(verification: Verification): Promise<Verified> {
  const { clock, sinceAt, forMs } = verification;
  const settled = await untilSettled(verification);
  if (settled.kind === 'refused') return settled;
  const now = clock.now();
  const from = sinceAt ?? now;
  const untilAt = later(from, forMs) > now ? later(from, forMs) : now;
  const units = withoutTargets(verification.units, new Set(settled.notDeployed));
  const { standings, notDeployed } = settled;
  const begun = { units, standings, questions: questionsOf(units), notDeployed, sinceAt: from, untilAt };
  verification.watch.began(begun, now);
  return judgeUntil(verification, begun);
}

interface Settled {
  readonly kind: 'settled';
  readonly standings: ReadonlyMap<TargetId, Standing>;
  readonly notDeployed: readonly TargetId[];
}

/** Waits until one revision alone serves each target. A cluster that stays out of reach is no reason to refuse the rest. */
async function untilSettled(verification: Verification): Promise<Settled | Extract<Verified, { kind: 'refused' }>> {
  const { units, observers, clock, signal, settleMs, watch } = verification;
  const targets = units.flatMap((unit) => unit.targets);
  const startedAt = clock.now();
  const settleBy = later(startedAt, settleMs);
  const reachBy = later(startedAt, REACH_MS);
  for (;;) {
    const seen = targets.map((target) => ({ target, ready: readinessOf(observers.get(target.cluster), target) }));
    const unsettled = messagesOf(seen, 'unsettled');
    const unreachable = messagesOf(seen, 'unreachable');
    const now = clock.now();
    const isReaching = unreachable.length > 0 && now < reachBy && !signal.aborted;
    const isSettling = unsettled.length > 0 && now < settleBy && !signal.aborted;
    if (!isReaching && !isSettling) {
      if (unsettled.length > 0) return refused('not settled yet, verify once the deploy is over', unsettled);
      const notDeployed = seen.filter(({ ready }) => ready.kind === 'absent').map(({ target }) => target.id);
      if (notDeployed.length === targets.length) return refused('nothing is deployed there', notDeployed);
      return { kind: 'settled', standings: standingsAtStart(seen), notDeployed };
    }
    // a cluster that has just been asked for has not answered yet: no news
    watch.settling(now - startedAt < SETTLE_LOOK_MS ? unsettled : [...unsettled, ...unreachable]);
    await clock.sleep(SETTLE_LOOK_MS, signal);
  }
}

interface SeenTarget {
  readonly target: VerifiedTarget;
  readonly ready: Readiness;
}

function messagesOf(seen: readonly SeenTarget[], kind: 'unsettled' | 'unreachable'): readonly string[] {
  return [...new Set(seen.flatMap(({ ready }) => (ready.kind === kind ? [ready.message] : [])))];
}

function refused(message: string, targets: readonly string[]): Extract<Verified, { kind: 'refused' }> {
  return { kind: 'refused', message, targets };
}

function standingsAtStart(seen: readonly SeenTarget[]): ReadonlyMap<TargetId, Standing> {
  const standings = new Map<TargetId, Standing>();
  for (const { target, ready } of seen) {
    if (ready.kind === 'settled') standings.set(target.id, { ...ready, kind: 'runs' });
    if (ready.kind === 'unreachable') standings.set(target.id, { kind: 'unknown', message: ready.message });
  }
  return standings;
}

function withoutTargets(units: readonly VerifiedUnit[], left: ReadonlySet<TargetId>): readonly VerifiedUnit[] {
  return units
    .map((unit) => ({ ...unit, targets: unit.targets.filter(({ id }) => !left.has(id)) }))
    .filter((unit) => unit.targets.length > 0);
}

/** Looks now and then for a failure that is certain, and once more at the end. */
async function judgeUntil(verification: Verification, begun: Begun): Promise<Verified> {
  const { observers, sources, clock, signal, watch } = verification;
  const { units, questions, sinceAt, untilAt } = begun;
  const intervalMs = Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, (untilAt - sinceAt) / LOOKS));
  const leastMs = LEAST_SCRAPES * Math.max(...questions.map(({ source }) => source.scrapeIntervalMs));
  const looks = Math.max(1, Math.ceil((untilAt - clock.now()) / intervalMs));
  let standings = begun.standings;
  for (;;) {
    await clock.sleep(Math.min(intervalMs, untilAt - clock.now()), signal);
    const isLast = clock.now() >= untilAt || signal.aborted;
    const at = isLast && !signal.aborted ? untilAt : clock.now();
    const look = { at, windowMs: Math.max(1, at - sinceAt) };
    if (!isLast && look.windowMs < leastMs) continue;
    const deadlineMs = isLast ? LAST_ANSWER_MS : Math.max(1, Math.min(LAST_ANSWER_MS, untilAt - at));
    const answers = await askSources(questions, sources, look, { clock, deadlineMs });
    standings = toldOf(standingsNow(units, observers, standings), standings, watch, clock.now());
    // the looks on the way share the chance of a false alarm that the last one has for itself
    const significanceRatio = isLast ? SIGNIFICANCE_RATIO : SIGNIFICANCE_RATIO / looks;
    const known = isLast ? lostSight(observers, standings, units) : standings;
    const judged = judgeUnits(units, { standings: known, answers, significanceRatio, windowMs: look.windowMs });
    const verdict = worstOf(judged);
    watch.looked(judged, begun, clock.now());
    if (!isLast && verdict !== 'fail') continue;
    const isStopped = signal.aborted && at < untilAt;
    const sober = isStopped && verdict === 'pass' ? 'inconclusive' : verdict;
    return { kind: 'judged', verdict: sober, isStopped, begun, standings: known, judged, answers, look };
  }
}

function toldOf(
  after: ReadonlyMap<TargetId, Standing>,
  before: ReadonlyMap<TargetId, Standing>,
  watch: VerificationWatch,
  now: Instant,
): ReadonlyMap<TargetId, Standing> {
  for (const [id, standing] of after)
    if (standing.kind === 'changed' && before.get(id)?.kind === 'runs') watch.changed(id, standing, now);
  return after;
}
