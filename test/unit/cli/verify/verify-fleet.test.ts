import { describe, expect, it } from 'vitest';
import { type VerificationWatch, type Verified, verifyFleet } from '../../../../src/cli/verify/verify-fleet.ts';
import type { ClusterObserver } from '../../../../src/controller/cluster-observer.ts';
import { TransientError } from '../../../../src/domain/errors.ts';
import { instant, later } from '../../../../src/domain/time.ts';
import type { Counts } from '../../../../src/domain/verdict.ts';
import type { MeasureRequest } from '../../../../src/ports/metric-source.ts';
import type { ObservedTarget } from '../../../../src/release/observed-target.ts';
import type { ClusterState } from '../../../../src/release/snapshot.ts';
import { createVirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { onOld } from '../../release/an-observed-target.ts';
import { REVISION, unitsOf } from './a-verification.ts';

const MINUTE_MS = 60_000;
const FOR_MS = 10 * MINUTE_MS;
const healthy = onOld({ currentHash: REVISION, stableHash: REVISION });
const between = onOld({ currentHash: 'next', stableHash: REVISION, phase: 'Progressing', message: 'more replicas' });

/** What the world does at a time, ms since the start. */
interface Script {
  readonly rollout?: (ms: number) => ObservedTarget | 'absent';
  readonly state?: (ms: number) => ClusterState;
  /** `silent`: no answer, ever. */
  readonly counts?: (request: MeasureRequest, ms: number) => Counts | 'silent';
  readonly sinceMs?: number;
  readonly settleMs?: number;
  /** When somebody stops it. */
  readonly stopMs?: number;
}

interface Told {
  readonly verified: Verified;
  readonly tookMs: number;
  readonly asked: readonly MeasureRequest[];
  readonly said: readonly string[];
}

/** Verifies globex on virtual time. */
async function verify(script: Script): Promise<Told> {
  const clock = createVirtualClock();
  const startAt = clock.now();
  const ms = () => clock.now() - startAt;
  const observer = {
    cluster: 'shared-eu',
    state: () => script.state?.(ms()) ?? { kind: 'fresh' },
    target: () => script.rollout?.(ms()) ?? healthy,
  } as unknown as ClusterObserver;
  const asked: MeasureRequest[] = [];
  const measure = async (request: MeasureRequest) => {
    asked.push(request);
    const counts = script.counts?.(request, ms()) ?? { good: 9_999, total: 10_000 };
    if (counts === 'silent') return new Promise<never>(() => undefined);
    return request.rows.map(({ cluster, tenantId }) => ({
      cluster,
      tenantId,
      revision: REVISION,
      ...counts,
      seen: null,
    }));
  };
  const said: string[] = [];
  const watch: VerificationWatch = {
    settling: (messages) => said.push(...messages),
    began: () => said.push('began'),
    looked: () => undefined,
    changed: (target) => said.push(`${target} changed`),
  };
  const stopping = new AbortController();
  if (script.stopMs !== undefined) void clock.sleep(script.stopMs).then(() => stopping.abort());
  let verified: Verified | null = null;
  const verifying = verifyFleet({
    units: unitsOf({ selection: { kind: 'tenants', names: ['globex'] } }),
    observers: new Map([['shared-eu', observer]]),
    sources: new Map([['prom-eu', { name: 'prom-eu', measure }]]),
    clock,
    signal: stopping.signal,
    forMs: FOR_MS,
    sinceAt: script.sinceMs === undefined ? null : later(startAt, script.sinceMs),
    settleMs: script.settleMs ?? 0,
    watch,
  }).then((ended) => {
    verified = ended;
  });
  await clock.runUntil(() => verified !== null, instant(startAt + 60 * MINUTE_MS));
  await verifying;
  return { verified: verified!, tookMs: ms(), asked, said };
}

describe('a verification', () => {
  it('ends when its time has passed, and its last look spans all of it and nothing before', async () => {
    const { verified, tookMs, asked } = await verify({});
    expect(verified).toMatchObject({ kind: 'judged', verdict: 'pass', isStopped: false });
    expect(tookMs).toBe(FOR_MS);
    expect(asked.at(-1)).toMatchObject({ windowMs: FOR_MS });
    for (const { at, windowMs } of asked) expect(at - windowMs).toBe(asked[0]!.at - asked[0]!.windowMs);
  });

  it('reads nothing before three scrapes can be there', async () => {
    const { asked } = await verify({});
    expect(asked[0]!.windowMs).toBeGreaterThanOrEqual(45_000);
  });

  it('ends at the first look at which a failure is certain', async () => {
    const { verified, tookMs } = await verify({
      counts: (_, ms) => (ms < 5 * MINUTE_MS ? { good: 1000, total: 1000 } : { good: 700, total: 1000 }),
    });
    expect(verified).toMatchObject({ verdict: 'fail' });
    expect(tookMs).toBe(5 * MINUTE_MS);
  });

  it('does not end early for what might be chance with so many looks, and says so in the end', async () => {
    // one in 500: enough for one look, not for twenty
    const { verified, tookMs } = await verify({ counts: () => ({ good: 987, total: 1000 }) });
    expect(tookMs).toBe(FOR_MS);
    expect(verified).toMatchObject({ verdict: 'fail' });
  });

  it('of time that has passed already answers at once', async () => {
    const { verified, tookMs, asked } = await verify({ sinceMs: -15 * MINUTE_MS });
    expect(verified).toMatchObject({ verdict: 'pass' });
    expect(tookMs).toBe(0);
    expect(asked.at(-1)).toMatchObject({ windowMs: 15 * MINUTE_MS });
  });

  it('that is stopped is no pass', async () => {
    const { verified, tookMs } = await verify({ stopMs: 2 * MINUTE_MS });
    expect(verified).toMatchObject({ verdict: 'inconclusive', isStopped: true });
    expect(tookMs).toBe(2 * MINUTE_MS);
  });

  it('goes on through a source that is away for a while, and not through one that is away at the end', async () => {
    const away = (from: number, to: number) => (_: MeasureRequest, ms: number) => {
      if (ms >= from && ms < to) throw new TransientError('prom-eu: connection refused');
      return { good: 10_000, total: 10_000 };
    };
    const back = await verify({ counts: away(MINUTE_MS, 9 * MINUTE_MS) });
    expect(back.verified).toMatchObject({ verdict: 'pass' });
    const gone = await verify({ counts: away(MINUTE_MS, 90 * MINUTE_MS) });
    expect(gone.verified).toMatchObject({ verdict: 'missing' });
    expect(gone.tookMs).toBeLessThan(FOR_MS + 10_000);
  });

  it('waits for a silent source no longer than eight seconds beyond its time', async () => {
    const { verified, tookMs } = await verify({ counts: () => 'silent' });
    expect(verified).toMatchObject({ verdict: 'missing', judged: [{ verdict: { reason: 'SourceUnavailable' } }, {}] });
    expect(tookMs).toBe(FOR_MS + 8_000);
  });
});

describe('a deploy that is under way', () => {
  const untilMs = (ms: number) => (now: number) => (now < ms ? between : healthy);

  it('is waited for; the time runs from when it settled', async () => {
    const { verified, tookMs, said } = await verify({ rollout: untilMs(MINUTE_MS), settleMs: 2 * MINUTE_MS });
    expect(said[0]).toBe('shared-eu/globex/storefront is between two revisions (Progressing: more replicas)');
    expect(verified).toMatchObject({ verdict: 'pass' });
    expect(tookMs).toBe(FOR_MS + MINUTE_MS);
  });

  it.each([
    ['between two revisions', between, 'is between two revisions'],
    ['not healthy', { ...healthy, phase: 'Degraded', message: 'timed out' }, 'is not healthy (Degraded: timed out)'],
    ['not taken by its controller', { ...healthy, isObserved: false }, 'controller has not taken'],
  ])('and does not settle, %s: refused', async (_, rollout, words) => {
    const { verified, tookMs } = await verify({ rollout: () => rollout, settleMs: MINUTE_MS });
    expect(verified).toMatchObject({ kind: 'refused', targets: [expect.stringContaining(words)] });
    expect(tookMs).toBe(MINUTE_MS);
  });

  it('that begins in the middle leaves the end open', async () => {
    const { verified, said } = await verify({ rollout: (ms) => (ms < 5 * MINUTE_MS ? healthy : between) });
    expect(said).toEqual(['began', 'shared-eu/globex/storefront changed']);
    expect(verified).toMatchObject({
      verdict: 'inconclusive',
      judged: [{ verdict: { reason: 'RevisionChanged' } }, {}],
    });
  });
});

describe('what cannot be seen', () => {
  const stale: ClusterState = { kind: 'stale', sinceAt: instant(0), message: 'connection refused' };

  it('a place without a Rollout: refused', async () => {
    const { verified } = await verify({ rollout: () => 'absent' });
    expect(verified).toMatchObject({ kind: 'refused', message: 'nothing is deployed there' });
  });

  it('a cluster that is away when it begins: not waited for longer than ten seconds, and no pass', async () => {
    const { verified, tookMs } = await verify({ state: () => stale });
    expect(verified).toMatchObject({ verdict: 'missing', judged: [{ verdict: { reason: 'ClusterUnreachable' } }, {}] });
    expect(tookMs).toBe(FOR_MS + 10_000);
  });

  it('a cluster that is away at the end: no pass, for nobody knows what it runs', async () => {
    const { verified } = await verify({ state: (ms) => (ms < 9 * MINUTE_MS ? { kind: 'fresh' } : stale) });
    expect(verified).toMatchObject({ verdict: 'missing' });
  });

  it('a cluster that was away in between does no harm', async () => {
    const { verified } = await verify({
      state: (ms) => (ms < MINUTE_MS || ms > 2 * MINUTE_MS ? { kind: 'fresh' } : stale),
    });
    expect(verified).toMatchObject({ verdict: 'pass' });
  });
});
