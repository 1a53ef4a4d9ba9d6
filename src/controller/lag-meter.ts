import type { TargetId } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Action } from '../release/commands.ts';
import type { ObservedTarget } from '../release/observed-target.ts';
import { type ClusterPace, owedAnswer, paceWindowMs } from '../release/pace.ts';
import { STUCK_AFTER_MS } from '../release/pending.ts';
import { createSamples } from './samples.ts';

/** A command of ours that the API has accepted. */
export interface SentCommand {
  readonly kind: Action['kind'];
  readonly at: Instant;
}

/** Measures how a cluster's controllers keep up. Starts empty; nothing is asked of the cluster for it. */
export interface LagMeter {
  /** A Rollout as it is now. */
  saw(target: TargetId, observed: ObservedTarget): void;
  /** A command was accepted, and this is the Rollout as it is known since. */
  sent(target: TargetId, command: SentCommand, observed: ObservedTarget): void;
  /** Everything was listed anew: what was answered meanwhile was answered nobody knows when. */
  relisted(targets: ReadonlyMap<TargetId, ObservedTarget>): void;
  gone(target: TargetId): void;
  pace(): ClusterPace;
}

/** An answer that the controller owes. */
interface Debt {
  readonly owed: 'generation' | 'command';
  readonly since: Instant;
  /** When the command was sent that asks for it; `null` when it is not ours. */
  readonly sentAt: Instant | null;
}

/** Commands that the controller answers with a change of its own. */
const ANSWERED: ReadonlySet<Action['kind']> = new Set([
  'create',
  'writeTemplate',
  'restoreTemplate',
  'resume',
  'abort',
  'makeRoom',
]);

/** A width beyond this is none. */
const MOST_ANSWERS = 2_000;

/** The meter of one cluster. */
export function createLagMeter(clock: Clock): LagMeter {
  const debts = new Map<TargetId, Debt>();
  const answeredAt = new Map<TargetId, Instant>();
  const templates = new Map<TargetId, Instant>();
  const lags = createSamples();
  const effects = createSamples();
  const toPauses = createSamples();
  const answers: Instant[] = [];
  let quickestMs: number | null = null;

  /** On the way to the cluster and back included: that is how long a start is waited for. */
  function addEffect(ms: number): void {
    effects.add(ms);
    quickestMs = Math.min(quickestMs ?? ms, ms);
  }

  /** What a nudge woke it for is measured from the nudge: before, it did not know that it owed anything. */
  function answer(target: TargetId, { owed, since, sentAt }: Debt, nudgedAt: Instant | null = null): void {
    const now = clock.now();
    if (owed === 'generation') lags.add(now - Math.max(since, nudgedAt ?? since));
    if (sentAt !== null) addEffect(now - sentAt);
    answeredAt.set(target, now);
    answers.push(now);
    if (answers.length > MOST_ANSWERS) answers.shift();
    debts.delete(target);
  }

  /** A Rollout without a release is somebody else's: whether its controller runs is not known. */
  function saw(target: TargetId, observed: ObservedTarget): void {
    const owed = observed.release === null ? null : owedAnswer(observed);
    const debt = debts.get(target);
    if (owed === null && debt !== undefined) answer(target, debt, observed.nudge?.at ?? null);
    if (owed !== null) debts.set(target, { since: clock.now(), sentAt: null, ...debt, owed });
    const templateAt = templates.get(target);
    if (templateAt === undefined || owed !== null || observed.pause === null) return;
    toPauses.add(clock.now() - templateAt);
    templates.delete(target);
  }

  function forgetOld(now: Instant): void {
    const windowMs = paceWindowMs(quickestMs ?? 0);
    const kept = answers.findIndex((at) => now - at <= windowMs);
    answers.splice(0, kept === -1 ? answers.length : kept);
  }

  return {
    saw,
    sent(target, { kind, at }, observed) {
      if (kind === 'writeTemplate') templates.set(target, at);
      if (kind === 'abort' || kind === 'restoreTemplate') templates.delete(target);
      if (!ANSWERED.has(kind)) return;
      const debt = debts.get(target);
      const seenAt = answeredAt.get(target);
      if (debt !== undefined) debts.set(target, { ...debt, sentAt: debt.sentAt ?? at });
      // the answer of the controller was heard before that of the API
      else if (seenAt !== undefined && seenAt >= at) addEffect(seenAt - at);
      else if (owedAnswer(observed) === null) answer(target, { owed: 'command', since: at, sentAt: at });
    },
    relisted(targets) {
      for (const target of debts.keys()) {
        const observed = targets.get(target);
        if (observed === undefined || owedAnswer(observed) === null) debts.delete(target);
      }
      for (const [target, observed] of targets) saw(target, observed);
    },
    gone(target) {
      debts.delete(target);
      templates.delete(target);
      answeredAt.delete(target);
    },
    pace() {
      const now = clock.now();
      forgetOld(now);
      return {
        lagP50Ms: lags.quantile(0.5),
        lagP90Ms: lags.quantile(0.9),
        effectP90Ms: effects.quantile(0.9),
        toPauseP50Ms: toPauses.quantile(0.5),
        waiting: [...debts.values()].filter(({ since }) => now - since <= STUCK_AFTER_MS).length,
        answeredLately: answers.length,
        samples: lags.count(),
      };
    },
  };
}
