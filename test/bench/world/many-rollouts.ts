import { deployBaseline } from '../../../src/cli/seed-world.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { later } from '../../../src/domain/time.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { indexPlan } from '../../../src/release/plan-index.ts';
import type { ArgoOptions } from '../../../src/sandbox/argo/controller.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createWorld, type World } from '../../../src/sandbox/world.ts';
import { type DrivenTarget, drivenTargets } from './driven-target.ts';
import { availability, fleetObjects } from './fleet-objects.ts';
import { inventoryFrom, planVersion } from './inventory.ts';

/** One cluster full of Rollouts that run version `a`, and a plan that brings them `b`. */
export interface ManyRollouts {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly plan: Plan;
  readonly targets: readonly DrivenTarget[];
  readonly cluster: string;
  /** The record that the daemon would persist of a target that starts now. */
  startRun(target: DrivenTarget): TargetRun;
}

/** How the Rollouts are. */
export interface ManyRolloutsOptions {
  readonly count: number;
  readonly argo: ArgoOptions;
  /** Without it a rollback of a promoted Rollout walks the steps again. */
  readonly hasRollbackWindow: boolean;
  readonly clock?: VirtualClock;
}

/** Deploys them and waits until all are healthy. */
export async function createManyRollouts(options: ManyRolloutsOptions): Promise<ManyRollouts> {
  const clock = options.clock ?? createVirtualClock();
  const inventory = inventoryFrom(
    fleetObjects({
      freeTenants: 1,
      pools: 1,
      businessTenants: options.count - 1,
      sharedClusters: 1,
      enterpriseTenants: 0,
      wave: {
        maxConcurrency: '100%',
        maxFailures: 0,
        steps: [50],
        bake: { step: '1m', wave: '1m' },
        analysis: { window: '30s' },
      },
      rollbackConcurrency: 50,
      slos: [availability],
    }).map((object) => (object.kind === 'WavePlan' ? withoutEnterprise(object) : object)),
  );
  const cluster = inventory.fleet.clusters[0]!.name;
  const argo = { ...options.argo, rateLimit: null };
  const world = createWorld({ clock, clusters: [cluster], argo, replicas: { pods: 'counted' } });
  world.start();
  const planOf = (version: string): Plan => {
    const made = planVersion(inventory, `app-${version}`, version, clock.now());
    return options.hasRollbackWindow ? made : withoutRollbackWindow(made);
  };
  const deploying = deployBaseline(planOf('a'), () => world.api(cluster));
  await clock.advance(5_000);
  await deploying;
  const plan = planOf('b');
  const index = indexPlan(plan);
  const store = world.store(cluster);
  const targets = drivenTargets({ clock, store, api: world.api(cluster), index });
  const isReady = () =>
    store
      .list(kinds.rollout, { namespace: null })
      .items.every(({ status }) => (status as { phase?: string }).phase === 'Healthy');
  if (!(await clock.runUntil(isReady, later(clock.now(), 600_000))))
    throw new Error('the measured Rollouts do not become healthy');
  return {
    clock,
    world,
    plan,
    targets,
    cluster,
    startRun: (target) => ({
      target: target.indexed.target.id,
      goal: { kind: 'step', step: 0 },
      goalAt: clock.now(),
      startedAt: clock.now(),
      previous: { kind: 'revision', hash: target.observed().stableHash, image: target.observed().image },
      revision: null,
      reachedAt: null,
      failure: null,
      deciding: [],
      nudges: 0,
    }),
  };
}

function withoutEnterprise<T extends { readonly spec: Readonly<Record<string, unknown>> }>(wavePlan: T): T {
  const waves = (wavePlan.spec['waves'] as readonly { readonly name: string }[]).filter(
    ({ name }) => name !== 'enterprise',
  );
  return { ...wavePlan, spec: { ...wavePlan.spec, waves } };
}

function withoutRollbackWindow(plan: Plan): Plan {
  const manifests = Object.fromEntries(
    Object.entries(plan.manifests).map(([digest, text]) => {
      const object = JSON.parse(text) as JsonObject;
      if (object['kind'] !== 'Rollout') return [digest, text];
      const { rollbackWindow: _, ...spec } = object['spec'] as JsonObject;
      return [digest, JSON.stringify({ ...object, spec })];
    }),
  );
  return { ...plan, manifests };
}
