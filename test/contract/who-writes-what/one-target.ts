import { randomUUID } from 'node:crypto';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { perform } from '../../../src/controller/actor.ts';
import { type Plan, targetId } from '../../../src/domain/plan.ts';
import type { Goal, TargetRun } from '../../../src/domain/target-run.ts';
import type { Instant } from '../../../src/domain/time.ts';
import { plan } from '../../../src/planning/plan.ts';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import { type IndexedTarget, indexPlan, type PlanIndex } from '../../../src/release/plan-index.ts';
import { DRIVER_EPOCH, type Driven } from './driver.ts';
import { promoteFull, touch } from './stranger.ts';
import type { DrivenWorld } from './world.ts';

/** Pods that a target starts with. */
export const REPLICAS = 4;

const WORKLOAD = 'shop';
const LOST_BY_MS = 500;

/** A target in a namespace of its own, Healthy on version `a`; `b` is the next. */
export interface OneTarget {
  readonly namespace: string;
  readonly a: PlanIndex;
  readonly b: PlanIndex;
  readonly indexed: IndexedTarget;
  /** The record that the daemon would persist of a target that starts now. */
  readonly run: TargetRun;
  /** Pod hash of version `a`. */
  readonly hash: string;
  /** Waits until what stands in the spec is at a pause, promotes it as a person would, and answers the record of a release that starts then. */
  takeAsStable(): Promise<TargetRun>;
  /** Drives towards a goal of release `b`, until the goal is reached. */
  reach(goal: Goal, run?: TargetRun): Promise<Driven>;
}

/** Makes a namespace and deploys version `a` into it, by the daemon's own `create`; `rollbackWindow: false` leaves that out of its Rollout. */
export async function deployTarget(world: DrivenWorld, { rollbackWindow = true } = {}): Promise<OneTarget> {
  const { api, clock, driver } = world;
  const namespace = `writers-${randomUUID().slice(0, 8)}`;
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await api.create(object, kinds.namespace, { fieldManager: FIELD_MANAGER });
  const [a, b] = ['a', 'b'].map((version) => {
    const made = planVersion(api.cluster, namespace, version, clock.now());
    return indexPlan(rollbackWindow ? made : withoutRollbackWindow(made));
  }) as [PlanIndex, PlanIndex];
  const target = targetId(api.cluster, namespace, WORKLOAD);
  const indexed = b.targets.get(target)!;
  await perform(api, a, { target, epoch: DRIVER_EPOCH, basis: null, action: { kind: 'create' } });
  const deployed = await driver.until(indexed, isHealthy);
  const run = startedRun(indexed, deployed, clock.now());
  const one: OneTarget = {
    namespace,
    a,
    b,
    indexed,
    run,
    hash: deployed.stableHash,
    async takeAsStable() {
      const isPaused = (seen: ObservedTarget) => seen.pause !== null && seen.isObserved && seen.controllerPause;
      const { currentHash } = await driver.until(indexed, isPaused);
      await promoteFull(world, one);
      // the controller loses what comes while it ends a pass, a touch a moment later it does not
      await clock.sleep(LOST_BY_MS);
      await touch(world, one);
      const isThrough = (seen: ObservedTarget) => isHealthy(seen) && seen.stableHash === currentHash;
      return startedRun(indexed, await driver.until(indexed, isThrough), clock.now());
    },
    reach: (goal, from = run) =>
      driver.drive(b, { ...from, goal, goalAt: clock.now() }, (observed) => isAt(goal, observed, from)),
  };
  return one;
}

/** The record of a target that starts now, with the first step as its goal. */
export function startedRun({ target }: IndexedTarget, deployed: ObservedTarget, now: Instant): TargetRun {
  return {
    target: target.id,
    goal: { kind: 'step', step: 0 },
    goalAt: now,
    startedAt: now,
    previous: { kind: 'revision', hash: deployed.stableHash, image: deployed.image },
    revision: null,
    reachedAt: null,
    failure: null,
    deciding: [],
    nudges: 0,
  };
}

/** Every pod is of the current revision, and the controller has seen all that was asked. */
export function isHealthy(observed: ObservedTarget): boolean {
  return observed.isObserved && observed.phase === 'Healthy' && observed.stableHash !== '';
}

function isAt(goal: Goal, observed: ObservedTarget, { previous }: TargetRun): boolean {
  const before = previous.kind === 'revision' ? previous.hash : '';
  switch (goal.kind) {
    case 'step':
      return (
        observed.isObserved &&
        observed.currentHash !== before &&
        observed.pause !== null &&
        observed.stepIndex === 2 * goal.step + 1
      );
    case 'promoted':
      return isHealthy(observed) && observed.stableHash === observed.currentHash && observed.stableHash !== before;
    case 'restored':
      return (
        isHealthy(observed) && !observed.abort && observed.stableHash === before && observed.currentHash === before
      );
  }
}

function planVersion(cluster: string, namespace: string, version: string, now: Instant): Plan {
  const inventory = loadInventory([{ path: 'who-writes-what.yaml', text: declarations(cluster, namespace, version) }]);
  const made = plan({
    fleet: inventory.fleet,
    workload: inventory.workloads[0]!,
    wavePlan: inventory.wavePlans[0]!,
    release: inventory.releases[0]!,
    now,
  });
  if (made.kind === 'planned') return made.plan;
  throw new Error(`planning a target: ${made.findings.map(({ message }) => message).join('; ')}`);
}

/** A Rollout that is born without it walks the steps on its way back from a promoted version. */
function withoutRollbackWindow(made: Plan): Plan {
  const manifests = Object.entries(made.manifests).map(([digest, text]) => {
    const object = JSON.parse(text) as { kind: string; spec: Record<string, unknown> };
    const { rollbackWindow: _, ...spec } = object.spec;
    return [digest, object.kind === 'Rollout' ? JSON.stringify({ ...object, spec }) : text] as const;
  });
  return { ...made, manifests: Object.fromEntries(manifests) };
}

const imageOf = (version: string) => `registry.example/shop@sha256:${version.repeat(64)}`;

/** One tenant in one namespace; a template that API server and controller write in other words, wherever that is possible. */
function declarations(cluster: string, namespace: string, version: string): string {
  return `
apiVersion: tidegate.dev/v1alpha1
kind: MetricSource
metadata: { name: prometheus }
spec:
  url: http://127.0.0.1:9
  labels: { tenant: tenant_id, revision: { label: rollouts_pod_template_hash } }
---
apiVersion: tidegate.dev/v1alpha1
kind: Cluster
metadata: { name: ${cluster} }
spec: { access: { context: ${cluster} }, metrics: prometheus }
---
apiVersion: tidegate.dev/v1alpha1
kind: Tenant
metadata: { name: globex }
spec: { tier: business, placements: [{ cluster: ${cluster}, namespace: ${namespace} }] }
---
apiVersion: tidegate.dev/v1alpha1
kind: Workload
metadata: { name: ${WORKLOAD} }
spec:
  source:
    generate:
      replicas: { business: ${REPLICAS} }
      ports: [{ name: http, port: 80, targetPort: http }]
      template:
        metadata: { labels: { team: shop }, annotations: { example.com/note: "" } }
        spec:
          terminationGracePeriodSeconds: 5
          containers:
            - name: app
              image: ${imageOf('a')}
              ports: [{ name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP }]
              env:
                - { name: TENANT, value: "\${tenant.name}" }
                - { name: EMPTY, value: "" }
                - { name: LIMIT, valueFrom: { resourceFieldRef: { resource: limits.memory } } }
                - { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
              envFrom: [{ secretRef: { name: keys, optional: true } }]
              readinessProbe: { grpc: { port: 8080 }, initialDelaySeconds: 0, periodSeconds: 2 }
              resources: { requests: { cpu: 0.05, memory: 1024Mi }, limits: { cpu: 1000m, memory: 1.5Gi } }
              securityContext: { allowPrivilegeEscalation: false, runAsUser: 0, capabilities: {} }
              volumeMounts: [{ name: scratch, mountPath: /scratch, readOnly: false, subPath: "" }]
          hostNetwork: false
          automountServiceAccountToken: false
          tolerations: [{ key: spare, operator: Exists, tolerationSeconds: 0, effect: NoExecute }]
          volumes: [{ name: scratch, emptyDir: { sizeLimit: 2048Ki } }]
  slos:
    - { name: availability, good: 'http_requests_total{code!~"5.."}', total: http_requests_total, objective: { business: "0.99" } }
---
apiVersion: tidegate.dev/v1alpha1
kind: WavePlan
metadata: { name: steps }
spec:
  waves: [{ name: all, select: { tier: business }, maxConcurrency: 1, steps: [25, 50], bake: { step: 5m, wave: 5m } }]
  rollback: { order: [business], maxConcurrency: 1 }
---
apiVersion: tidegate.dev/v1alpha1
kind: Release
metadata: { name: ${WORKLOAD}-${version} }
spec:
  workload: ${WORKLOAD}
  version: { name: ${version}, images: { app: ${imageOf(version)} } }
  plan: steps
`;
}
