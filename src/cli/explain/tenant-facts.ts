import type { PlanTarget, PlanWave, TargetId } from '../../domain/plan.ts';
import { FINAL_PHASES } from '../../domain/release-status.ts';
import type { Instant } from '../../domain/time.ts';
import { assessWave } from '../../release/assess.ts';
import { targetBlocker, waveBlockers } from '../../release/blockers.ts';
import { paceMessage } from '../../release/pace.ts';
import type { Snapshot } from '../../release/snapshot.ts';
import { servingOf } from '../view/exposure-now.ts';

/** Something that keeps a tenant from the new version. */
export interface TenantFact {
  /** What it is about: `placement`, `release`, `earlierWave`, `wave`, `slots`, `target` … */
  readonly fact: string;
  /** PascalCase constant. */
  readonly reason: string;
  readonly message: string;
}

/** A target of the tenant, where it stands, and why. */
export interface TargetFacts {
  readonly target: TargetId;
  readonly wave: string;
  readonly serving: 'old' | 'partly' | 'new';
  /** Empty: nothing keeps it; it is on its way or there. */
  readonly facts: readonly TenantFact[];
}

/** Everything that keeps a tenant from a planned release's version, target by target. A tenant that is left out has no target. */
export function tenantFacts(
  snapshot: Snapshot,
  tenant: string,
  now: Instant,
): { readonly facts: readonly TenantFact[]; readonly targets: readonly TargetFacts[] } {
  const { plan } = snapshot.index;
  const leftOut = plan.leftOut
    .filter((one) => one.tenant === tenant)
    .map(({ reason, message }) => ({ fact: 'placement', reason, message }));
  const targets = plan.waves.flatMap((wave, waveIndex) =>
    wave.targets
      .filter((target) => target.tenants.includes(tenant))
      .map((target) => targetFacts(snapshot, wave, waveIndex, target, now)),
  );
  return { facts: [...leftOut, ...releaseFacts(snapshot)], targets };
}

/** What stops the release as a whole. */
function releaseFacts({ status }: Snapshot): readonly TenantFact[] {
  const { rollback } = status;
  if (rollback !== null) return [{ fact: 'release', reason: status.phase, message: rollback.message }];
  if (FINAL_PHASES.has(status.phase)) return [];
  return status.waitingFor.map(({ reason, message }) => ({ fact: 'release', reason, message }));
}

function targetFacts(
  snapshot: Snapshot,
  wave: PlanWave,
  waveIndex: number,
  target: PlanTarget,
  now: Instant,
): TargetFacts {
  const serving = servingOf(snapshot.runs.get(target.id));
  const facts =
    serving === 'new'
      ? []
      : [
          ...earlierWaves(snapshot, waveIndex),
          ...waveFacts(snapshot, waveIndex, now),
          ...slotFacts(snapshot, wave, target),
          ...ownFacts(snapshot, wave, waveIndex, target, now),
        ];
  return { target: target.id, wave: wave.name, serving, facts: onceEach(facts) };
}

function earlierWaves({ status }: Snapshot, waveIndex: number): readonly TenantFact[] {
  return status.waves
    .slice(0, waveIndex)
    .filter(({ phase }) => phase !== 'Passed')
    .map(({ name, phase }) => ({
      fact: 'earlierWave',
      reason: `Wave${phase}`,
      message: `wave ${name} is ${phase.toLowerCase()}`,
    }));
}

function waveFacts(snapshot: Snapshot, waveIndex: number, now: Instant): readonly TenantFact[] {
  if (snapshot.status.waves[waveIndex]?.phase === 'Passed') return [];
  // whether the preflight passes is the daemon's to say: it stands among what the release waits for
  const looked = new Map([[waveIndex, { kind: 'done', findings: [] } as const]]);
  return waveBlockers({ ...snapshot, preflight: looked }, waveIndex, now).map(({ reason, message }) => ({
    fact: 'wave',
    reason,
    message,
  }));
}

/** No free slot, or a cluster that is given more only as its controller takes what it has. */
function slotFacts({ runs, status, pace }: Snapshot, wave: PlanWave, target: PlanTarget): readonly TenantFact[] {
  if (runs.has(target.id) || status.rollback !== null) return [];
  const inFlight = wave.targets.filter(({ id }) => {
    const run = runs.get(id);
    return run !== undefined && run.goal.kind !== 'restored' && run.reachedAt === null;
  });
  if (inFlight.length < wave.maxConcurrency) {
    const seen = pace.get(target.cluster);
    if (inFlight.length === 0 || seen === undefined || seen.waiting === 0) return [];
    return [{ fact: 'slots', reason: 'ClusterAtItsPace', message: paceMessage(target.cluster, seen) }];
  }
  const message = `${inFlight.length} of ${wave.maxConcurrency} slots of wave ${wave.name} are taken`;
  return [{ fact: 'slots', reason: 'NoSlot', message }];
}

/** The target's own freeze, window or cluster, and the first fact that the daemon would find about it. */
function ownFacts(
  snapshot: Snapshot,
  wave: PlanWave,
  waveIndex: number,
  target: PlanTarget,
  now: Instant,
): readonly TenantFact[] {
  const indexed = snapshot.index.targets.get(target.id)!;
  const blocker = targetBlocker(snapshot, wave, indexed, now);
  const found = assessWave(snapshot, waveIndex, now).find((one) => one.indexed.target.id === target.id);
  const run = snapshot.runs.get(target.id) ?? null;
  const facts: TenantFact[] = [];
  if (blocker !== null) facts.push({ fact: 'target', reason: blocker.reason, message: blocker.message });
  if (run?.failure != null) facts.push({ fact: 'target', reason: run.failure.reason, message: run.failure.message });
  if (run?.goal.kind === 'restored')
    facts.push(
      run.reachedAt === null
        ? { fact: 'target', reason: 'GoesBack', message: 'it is on its way back to the version it had' }
        : { fact: 'target', reason: 'TakenBack', message: 'it was taken back to the version it had' },
    );
  if (found?.finding != null) {
    const { fact, reason, message } = found.finding;
    facts.push({ fact, reason, message });
  }
  return facts;
}

/** A freeze of everything stops the wave and the target; people need to read it once. */
function onceEach(facts: readonly TenantFact[]): readonly TenantFact[] {
  const seen = new Set<string>();
  return facts.filter(({ reason, message }) => {
    const key = `${reason}\n${message}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
