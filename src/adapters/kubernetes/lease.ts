import { ConflictError, TerminalError, TransientError } from '../../domain/errors.ts';
import { type Instant, later } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import type { Leadership, LeadershipState } from '../../ports/leadership.ts';
import { type LeaseRecord, type LeaseStore, openLease } from './lease-record.ts';

/** Which Lease, and who asks for it. */
export interface LeadershipOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly name: string;
  /** Unlike that of every other process, an earlier run of this one included. */
  readonly identity: string;
  readonly clock: Clock;
  /** A record that is not renewed for this long may be taken over. @default 15000 */
  readonly leaseMs?: number;
  /** @default 5000 */
  readonly renewMs?: number;
}

/** A leader gives up this share of its lease early, so that it has stopped before another may start. */
const SAFETY_SHARE = 1 / 3;
/** Followers look this many times in a renewal, leaders retry as often. */
const LOOKS_PER_RENEWAL = 2.5;
/** What a record may ask us to wait, at most. */
const MAX_FOREIGN_LEASE_MS = 60_000;

/** The record that is ours, as of our last write. */
interface Held {
  readonly record: LeaseRecord;
  /** When that write was sent. */
  readonly renewedAt: Instant;
  readonly validUntil: Instant;
}

/** The record of another holder, and since when it stands unchanged by our own clock. */
interface Observed {
  readonly record: LeaseRecord;
  readonly sinceAt: Instant;
}

interface Candidate {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly identity: string;
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly lookMs: number;
  held: Held | null;
  observed: Observed | null;
  /** The epoch we last wrote, or tried to: a record of ours with it is still ours after a lost answer. */
  ownEpoch: number | null;
  /** Never lower than seen before, even when somebody deletes the record. */
  highestEpoch: number;
  /** When the record was last read or written; `null`: never yet. */
  heardAt: Instant | null;
  /** What is taken from now on is given back. */
  isReleased: boolean;
}

/**
 * Leadership by one Lease. Expiry is judged by the local clock since the record last changed, never by the times in it.
 *
 * ```
 * following ──(no record, free, or unchanged for a whole lease on our clock; our write wins)──▶ leading
 * leading ──(not renewed in time, taken by another, released)──▶ following
 * ```
 *
 * One `run` at a time; it throws TerminalError when the Lease may not be read or written, and where it was let before only when it
 * is refused for a whole lease: an API server that has just started has not read the roles yet. `release` is quiet when it cannot
 * tell anybody: the lease then runs out.
 */
export function createLeadership(options: LeadershipOptions): Leadership {
  const { api, clock, identity, leaseMs = 15_000, renewMs = 5000 } = options;
  const ref = { kind: kinds.lease, namespace: options.namespace, name: options.name };
  const me: Candidate = {
    store: openLease(api, ref, identity, leaseMs),
    clock,
    identity,
    leaseMs,
    renewMs,
    lookMs: renewMs / LOOKS_PER_RENEWAL,
    held: null,
    observed: null,
    ownEpoch: null,
    highestEpoch: 0,
    heardAt: null,
    isReleased: false,
  };
  return { state: () => stateOf(me), run: (signal) => run(me, signal), release: () => release(me) };
}

function stateOf(me: Candidate): LeadershipState {
  const { held } = me;
  if (held !== null && me.clock.now() < held.validUntil)
    return { kind: 'leading', epoch: held.record.epoch, validUntil: held.validUntil };
  return { kind: 'following', holder: me.observed?.record.holder ?? null };
}

async function* run(me: Candidate, signal: AbortSignal): AsyncGenerator<LeadershipState> {
  let told: LeadershipState | null = null;
  me.isReleased = false;
  while (!signal.aborted) {
    const waitMs = await step(me, signal);
    const now = stateOf(me);
    if (told === null || isChange(told, now)) {
      told = now;
      yield now;
    }
    await me.clock.sleep(waitMs, signal);
  }
}

/** One look or one renewal; returns how long to wait before the next. */
async function step(me: Candidate, signal: AbortSignal): Promise<number> {
  const current = me.held;
  if (current === null || me.clock.now() >= current.validUntil) {
    me.held = null;
    const taken = await follow(me).catch((error: unknown) => unlessWorthARetry(me, error));
    me.held = taken;
    if (me.isReleased) await release(me);
    return taken === null ? waitToLookMs(me) : waitToRenewMs(me, taken);
  }
  const sentAt = me.clock.now();
  const renewal = me.store.renew(current.record, sentAt).catch((error: unknown) => failed(me, error));
  const renewed = await before(current.validUntil, me.clock, signal, renewal);
  // Released meanwhile, or too late: what came of the renewal does not count.
  if (me.held !== current || renewed === 'late') return 0;
  if (renewed === 'failed') return Math.min(me.lookMs, current.validUntil - me.clock.now());
  me.held = renewed === null ? null : hold(me, renewed, sentAt);
  return me.held === null ? 0 : waitToRenewMs(me, me.held);
}

/** Looks at the record, and takes it when it is ours, free, or has stood still for a whole lease. */
async function follow(me: Candidate): Promise<Held | null> {
  const record = await me.store.read();
  me.heardAt = me.clock.now();
  if (record === null) me.observed = null;
  else if (me.observed?.record.fingerprint !== record.fingerprint) me.observed = { record, sinceAt: me.clock.now() };
  me.highestEpoch = Math.max(me.highestEpoch, record?.epoch ?? 0);
  const sentAt = me.clock.now();
  if (record !== null && record.holder === me.identity && record.epoch === me.ownEpoch) {
    const renewed = await me.store.renew(record, sentAt);
    return renewed === null ? null : hold(me, renewed, sentAt);
  }
  if (me.observed !== null && me.observed.record.holder !== null && sentAt < expiryOf(me, me.observed)) return null;
  me.ownEpoch = me.highestEpoch + 1;
  return hold(me, await me.store.take(record, me.ownEpoch, sentAt), sentAt);
}

function hold(me: Candidate, record: LeaseRecord, sentAt: Instant): Held {
  me.ownEpoch = record.epoch;
  me.highestEpoch = Math.max(me.highestEpoch, record.epoch);
  me.observed = null;
  me.heardAt = me.clock.now();
  return { record, renewedAt: sentAt, validUntil: later(sentAt, me.leaseMs * (1 - SAFETY_SHARE)) };
}

async function release(me: Candidate): Promise<void> {
  const { held } = me;
  me.isReleased = true;
  me.held = null;
  me.ownEpoch = null;
  if (held !== null)
    await me.store.free(held.record, me.clock.now()).catch((error: unknown) => unlessWorthARetry(me, error));
}

function expiryOf(me: Candidate, observed: Observed): Instant {
  return later(observed.sinceAt, Math.max(me.leaseMs, Math.min(observed.record.leaseMs, MAX_FOREIGN_LEASE_MS)));
}

function waitToLookMs(me: Candidate): number {
  if (me.observed === null || me.observed.record.holder === null) return me.lookMs;
  return Math.max(1, Math.min(me.lookMs, expiryOf(me, me.observed) - me.clock.now()));
}

function waitToRenewMs(me: Candidate, held: Held): number {
  return Math.max(0, later(held.renewedAt, me.renewMs) - me.clock.now());
}

/** Somebody was faster, the server cannot be reached, or it refuses what it allowed a moment ago: looked at again later. */
function unlessWorthARetry(me: Candidate, error: unknown): null {
  if (error instanceof ConflictError || error instanceof TransientError) return null;
  const isNew = me.heardAt !== null && me.clock.now() - me.heardAt < me.leaseMs;
  if (error instanceof TerminalError && isNew) return null;
  throw error;
}

function failed(me: Candidate, error: unknown): 'failed' {
  unlessWorthARetry(me, error);
  return 'failed';
}

/** What the work gives, or `late` when the instant or the signal comes first. */
async function before<T>(at: Instant, clock: Clock, signal: AbortSignal, work: Promise<T>): Promise<T | 'late'> {
  const finished = new AbortController();
  const until = AbortSignal.any([finished.signal, signal]);
  try {
    return await Promise.race([work, clock.sleep(at - clock.now(), until).then(() => 'late' as const)]);
  } finally {
    finished.abort();
  }
}

function isChange(told: LeadershipState, now: LeadershipState): boolean {
  if (told.kind === 'leading') return now.kind !== 'leading' || now.epoch !== told.epoch;
  return now.kind !== 'following' || now.holder !== told.holder;
}
