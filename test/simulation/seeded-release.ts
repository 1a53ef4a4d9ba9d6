import { isDeepStrictEqual } from 'node:util';
import { createHubStore } from '../../src/adapters/hub/hub-store.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { instant } from '../../src/domain/time.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { annotations } from '../../src/release/annotations.ts';
import type { ApiCall, Fault } from '../../src/sandbox/kubernetes/fault.ts';
import { THEIR_STEPS } from './foreign-fleet.ts';
import { createInvariantChecker } from './invariants.ts';
import { SOURCE_FAULTS, type SourceFault } from './model-source.ts';
import { type NudgeTally, tallyNudges } from './nudge-tally.ts';
import { createRandom } from './random.ts';
import { type SeededSpec, seededSpec } from './seeded-spec.ts';
import { createSimulatedWorld, type DaemonWrite, HUB, NAMESPACE, type SimulatedWorld } from './simulated-world.ts';

/** What befalls a release. */
export interface Misfortune {
  /** The version is bad in a way that only the workload's own AnalysisTemplate sees. */
  readonly analysed?: boolean;
  /** The Rollouts are others' and adopted. */
  readonly adopted?: boolean;
  /** Kills the daemon at its n-th write (from 0), before it is sent or after its effect; a new one starts a second later. */
  readonly killAt?: { readonly write: number; readonly stage: DaemonWrite['stage'] };
  /** Chance of a fault per call, 0…1. */
  readonly faultRatio?: number;
  /** Chance that a measuring round finds its source away, 0…1. */
  readonly darkRatio?: number;
  /** A second daemon runs all along. */
  readonly standby?: boolean;
  /** A freeze of everything, for a minute. */
  readonly freeze?: boolean;
  /** A person asks for the whole release to be rolled back, this long after its start. */
  readonly askedBackAfterMs?: number;
  /** A cluster cannot be reached for a minute. */
  readonly outage?: boolean;
  /** A pass of a cluster's controller takes so long. */
  readonly reconcileMs?: number;
}

/** How it ended. */
export interface SimulatedOutcome {
  readonly phase: string;
  /** Target → image and phase. */
  readonly targets: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
  readonly writes: number;
  readonly message: string;
  readonly nudges: NudgeTally;
}

/** Virtual time after which a release counts as hung. */
const LIMIT_MS = 60 * 60_000;

/** Runs the release of a seed to its end. */
export async function runSeededRelease(seed: number, misfortune: Misfortune = {}): Promise<SimulatedOutcome> {
  const isAnalysed = misfortune.analysed === true;
  const spec = seededSpec(seed, isAnalysed);
  const random = createRandom(seed ^ 0x5eed);
  const sim = await createSimulatedWorld({
    seed,
    files: spec.files,
    ...(misfortune.adopted === true ? { adoptedFiles: spec.adoptedFiles } : {}),
    baseline: { name: '1', images: { app: spec.oldImage } },
    ...(misfortune.reconcileMs === undefined ? {} : { reconcileMs: misfortune.reconcileMs }),
    workload: 'app',
    wavePlan: 'plan',
    behaviour: {
      badRatio: (tenantId, image) => (!isAnalysed && image === spec.newImage && spec.hurt.has(tenantId) ? 0.3 : 0.001),
      badPayments: (namespace, image) => (image === spec.newImage && isHurtIn(spec, namespace) ? 0.5 : 0.01),
      requestsPerSecond: () => 40,
      fault: () => faultOf(random(), misfortune.darkRatio ?? 0),
    },
  });
  let plan: Plan | null = null;
  const nudges = tallyNudges(sim);
  const checker = createInvariantChecker(sim, 'app-2', () => plan);
  let writes = 0;
  let wasKilled = false;
  const onWrite = (write: DaemonWrite) => {
    checker.check(write);
    if (!wasKilled && misfortune.killAt?.write === writes && misfortune.killAt.stage === write.stage) {
      wasKilled = true;
      write.kill();
    }
    if (write.stage === 'done') writes += 1;
  };
  const latencyMs = () => Math.floor(random() * 20);
  const faults = (call: ApiCall): Fault =>
    random() < (misfortune.faultRatio ?? 0) ? faultFor(call, random()) : 'none';
  const options = { onWrite, latencyMs, faults };
  sim.startDaemon(options);
  if (misfortune.standby === true) sim.startDaemon(options);
  await sim.createRelease(spec.release);
  const store = createHubStore({ api: sim.hub, namespace: NAMESPACE, clock: sim.clock, random, report: () => {} });
  const limit = instant(sim.clock.now() + LIMIT_MS);
  let isRestarted = misfortune.standby === true;
  let freezeAt = misfortune.freeze === true ? sim.clock.now() + 10_000 + Math.floor(random() * 40_000) : null;
  let thawAt: number | null = null;
  let askAt = misfortune.askedBackAfterMs === undefined ? null : sim.clock.now() + misfortune.askedBackAfterMs;
  const outageAt = misfortune.outage === true ? sim.clock.now() + 5_000 + Math.floor(random() * 60_000) : null;
  const isFinal = () => {
    const phase = sim.status('app-2')?.phase ?? '';
    return (
      phase === 'RolledBack' || phase === 'Refused' || (phase === 'Completed' && askAt === null && !isAskedBack(sim))
    );
  };
  while (!isFinal() && sim.clock.now() < limit) {
    const hash = sim.status('app-2')?.planHash ?? null;
    if (plan === null && hash !== null) plan = await store.loadPlan('app-2', hash);
    if (wasKilled && !isRestarted) {
      isRestarted = true;
      sim.startDaemon(options);
    }
    if (freezeAt !== null && sim.clock.now() >= freezeAt) {
      freezeAt = null;
      thawAt = sim.clock.now() + 60_000;
      await freeze(sim);
    }
    if (thawAt !== null && sim.clock.now() >= thawAt) {
      thawAt = null;
      await sim.hub.delete({ kind: kinds.freeze, namespace: NAMESPACE, name: 'stop' });
    }
    if (askAt !== null && sim.clock.now() >= askAt) {
      askAt = null;
      await askBack(sim);
    }
    if (outageAt !== null) {
      sim.world.setReachable('shared', sim.clock.now() < outageAt || sim.clock.now() > outageAt + 60_000);
    }
    const look = instant(sim.clock.now() + 250);
    await sim.clock.runUntil(isFinal, look);
  }
  await sim.clock.advance(2_000);
  return {
    phase: sim.status('app-2')?.phase ?? 'none',
    targets: endState(sim, misfortune.adopted === true),
    violations: checker.violations,
    writes,
    message: sim.status('app-2')?.message ?? '',
    nudges: nudges(),
  };
}

/** Namespaces are called after their tenants, those of pool and enterprise clusters after what they are. */
function isHurtIn({ hurt }: SeededSpec, namespace: string): boolean {
  const tier = { pool: 'free', app: 'ent' }[namespace] ?? 'biz';
  return [...hurt].some((name) => name.startsWith(tier));
}

async function freeze(sim: SimulatedWorld): Promise<void> {
  const object = {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Freeze',
    metadata: { name: 'stop', namespace: NAMESPACE },
    spec: { scope: { all: true }, reason: 'incident', by: 'ana' },
  };
  await sim.hub.create(object, kinds.freeze, { fieldManager: 'kubectl' });
}

function isAskedBack(sim: SimulatedWorld): boolean {
  return sim.world.store(HUB).list(kinds.rollback, { namespace: NAMESPACE }).items.length > 0;
}

async function askBack(sim: SimulatedWorld): Promise<void> {
  const object = {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Rollback',
    metadata: { name: 'back', namespace: NAMESPACE },
    spec: { release: 'app-2', scope: 'release', reason: 'customers call', by: 'ana' },
  };
  await sim.hub.create(object, kinds.rollback, { fieldManager: 'kubectl' });
}

/** Each fault of the source is as likely as the others. */
function faultOf(dice: number, darkRatio: number): SourceFault {
  return dice < darkRatio ? SOURCE_FAULTS[Math.floor((dice / darkRatio) * SOURCE_FAULTS.length)]! : 'none';
}

function faultFor(call: ApiCall, dice: number): Fault {
  if (call.verb === 'watchEvent') return dice < 0.5 ? 'dropWatch' : 'expireWatch';
  if (dice < 0.4) return 'unavailable';
  return dice < 0.7 ? 'conflict' : 'timeoutAfterEffect';
}

/** Image, phase and revision of every Rollout; of an adopted one also whether the rest is as its owner made it. */
function endState(sim: SimulatedWorld, isAdopted: boolean): Record<string, string> {
  const state: Record<string, string> = {};
  for (const cluster of sim.world.clusters.filter((one) => one !== HUB)) {
    for (const rollout of sim.world.store(cluster).list(kinds.rollout, { namespace: null }).items) {
      const spec = rollout['spec'] as { template: { spec: { containers: { image: string }[] } } };
      const status = rollout['status'] as { phase?: string; currentPodHash?: string; stableRS?: string };
      const isStable = status.currentPodHash === status.stableRS;
      const image = spec.template.spec.containers[0]!.image.slice(-1);
      const end = `${image} ${status.phase} ${isStable ? 'stable' : 'moving'}`;
      state[`${cluster}/${rollout.metadata.namespace}`] = isAdopted ? `${end} ${ownersPart(rollout)}` : end;
    }
  }
  return state;
}

/** What a release must not have changed for good. */
function ownersPart(rollout: KubernetesObject): string {
  const { strategy } = rollout['spec'] as { strategy: unknown };
  const isTheirs = isDeepStrictEqual(strategy, { canary: { maxSurge: 1, steps: THEIR_STEPS } });
  const { labels, annotations: notes } = rollout.metadata;
  const isLabelled = isDeepStrictEqual(labels, { team: 'shop' });
  return isTheirs && isLabelled && notes?.[annotations.before] === undefined ? 'as its owner made it' : 'changed';
}
