import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { timeText } from '../argo/pass.ts';
import { createTokenBucket, type RateLimit, type TokenBucket } from '../argo/rate-limit.ts';
import { asReplicaSet, type ReplicaSet, type ReplicaSetCondition } from '../argo/replica-set.ts';
import { type Alarms, type CancelAlarm, createAlarms } from '../clock/alarms.ts';
import type { Store } from '../kubernetes/store.ts';
import { createModelStore, type ModelStore, refOf } from '../model-store.ts';
import { adoptPods } from './adopt.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { createPod, deletePod, markReady } from './pod-object.ts';
import { type CountedPod, countAvailable, countReady, isReady, nextChangeAt, planPods } from './pod-set.ts';
import { podQuotaOf, quotaRefusal } from './quota.ts';
import { podReadyOf, type Readiness } from './readiness.ts';

/** How the model of ReplicaSets and kubelets behaves. */
export interface ReplicasOptions {
  /** `counted` keeps the numbers in the ReplicaSets and makes no Pod objects: for thousands of targets. @default 'objects' */
  readonly pods?: 'objects' | 'counted';
  readonly readiness?: Readiness;
  /** From a change of a ReplicaSet to its pods. @default 10 */
  readonly syncMs?: number;
  /** @default no limit */
  readonly rateLimit?: RateLimit | null;
}

/** What `--kube-api-qps` and `--kube-api-burst` of a controller-manager are when nobody sets them. */
export const stockReplicasLimit: RateLimit = { qps: 20, burst: 30 };

const SYNC_MS = 10;

/** A refused pod is tried again after gaps that double; room that somebody makes meanwhile is not noticed. */
const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 1_000_000;

/** The ReplicaSets and pods of one cluster. */
export interface ReplicasController {
  stop(): void;
}

interface Replicas {
  readonly objects: ModelStore;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly options: ReplicasOptions;
  readonly bucket: TokenBucket;
  /** Pods by uid of their ReplicaSet. */
  readonly pods: Map<string, readonly CountedPod[]>;
  /** Pods by namespace. */
  readonly used: Map<string, number>;
  /** How often a ReplicaSet was refused a pod in a row, by uid. */
  readonly refusals: Map<string, number>;
  readonly alarmsOf: Map<string, CancelAlarm>;
  /** Makes pod names unique, across restarts too. */
  serial: number;
}

/** Starts to give every ReplicaSet its pods. */
export function startReplicasController(store: Store, clock: Clock, options: ReplicasOptions = {}): ReplicasController {
  let writes = 0;
  const alarms = createAlarms(clock);
  const bucket = createTokenBucket(options.rateLimit ?? null, clock);
  const replicas: Replicas = {
    objects: createModelStore(store, 'kube-controller-manager', (write) => {
      writes += 1;
      return write();
    }),
    clock,
    alarms,
    options,
    bucket: {
      take: () => {
        const waitMs = bucket.take(writes);
        writes = 0;
        return waitMs;
      },
    },
    pods: new Map(),
    used: new Map(),
    refusals: new Map(),
    alarmsOf: new Map(),
    serial: store.resourceVersion(),
  };
  const stopCollecting = startGarbageCollector(replicas.objects);
  const unsubscribe = replicas.objects.subscribe(kinds.replicaSet, ({ type, object, previous }) => {
    if (type === 'deleted') forget(replicas, asReplicaSet(object));
    else if (previous?.metadata.generation !== object.metadata.generation) syncSoon(replicas, object);
  });
  for (const object of replicas.objects.list(kinds.replicaSet)) adopt(replicas, asReplicaSet(object));
  return {
    stop() {
      stopCollecting();
      unsubscribe();
      alarms.stop();
    },
  };
}

function adopt(replicas: Replicas, replicaSet: ReplicaSet): void {
  const pods = adoptPods(replicas.objects, replicaSet, readyAtOf(replicas, replicaSet));
  replicas.pods.set(replicaSet.metadata.uid ?? '', pods);
  addUsed(replicas, replicaSet, pods.length);
  syncSoon(replicas, replicaSet);
}

/** When a pod that starts now becomes ready; `null` for never. */
function readyAtOf(replicas: Replicas, replicaSet: ReplicaSet): number | null {
  const ready = podReadyOf(replicaSet.spec.template, replicas.options.readiness ?? {});
  return ready === 'never' ? null : replicas.clock.now() + ready;
}

function syncSoon(replicas: Replicas, object: KubernetesObject): void {
  syncAfter(replicas, object, (replicas.options.syncMs ?? SYNC_MS) + replicas.bucket.take(0));
}

function syncAfter(replicas: Replicas, object: KubernetesObject, ms: number): void {
  const uid = object.metadata.uid ?? '';
  replicas.alarmsOf.get(uid)?.();
  replicas.alarmsOf.set(
    uid,
    replicas.alarms.after(ms, () => {
      const latest = replicas.objects.get(refOf(kinds.replicaSet, object));
      if (latest !== undefined && latest.metadata.uid === uid) sync(replicas, asReplicaSet(latest));
    }),
  );
}

function forget(replicas: Replicas, replicaSet: ReplicaSet): void {
  const uid = replicaSet.metadata.uid ?? '';
  const pods = replicas.pods.get(uid) ?? [];
  replicas.alarmsOf.get(uid)?.();
  replicas.alarmsOf.delete(uid);
  replicas.pods.delete(uid);
  replicas.refusals.delete(uid);
  addUsed(replicas, replicaSet, -pods.length);
}

function addUsed(replicas: Replicas, replicaSet: ReplicaSet, count: number): void {
  const namespace = replicaSet.metadata.namespace ?? '';
  replicas.used.set(namespace, (replicas.used.get(namespace) ?? 0) + count);
}

/** Removes and creates pods, then says in the status how many there are. */
function sync(replicas: Replicas, replicaSet: ReplicaSet): void {
  const uid = replicaSet.metadata.uid ?? '';
  const now = replicas.clock.now();
  const change = planPods(replicas.pods.get(uid) ?? [], replicaSet.spec.replicas, now);
  removePods(replicas, replicaSet, change.removed);
  const created = createPods(replicas, replicaSet, change.missing);
  const pods = [...change.kept, ...created.pods];
  replicas.pods.set(uid, pods);
  const retryMs = created.refusal === null ? null : nextRetryMs(replicas, uid);
  if (retryMs === null) replicas.refusals.delete(uid);
  if (replicas.options.pods !== 'counted') {
    for (const pod of pods) if (isReady(pod, now)) markReady(replicas.objects, replicaSet, pod);
  }
  writeStatus(replicas, replicaSet, pods, created.refusal);
  const minReadyMs = (replicaSet.spec.minReadySeconds ?? 0) * 1000;
  const nextAt = nextChangeAt(pods, now, minReadyMs);
  const waitMs = replicas.bucket.take(0);
  const waits = [nextAt === null ? null : nextAt - now, retryMs].filter((ms) => ms !== null);
  if (waits.length > 0) syncAfter(replicas, replicaSet, Math.max(Math.min(...waits), waitMs));
}

function nextRetryMs({ refusals }: Replicas, uid: string): number {
  const count = refusals.get(uid) ?? 0;
  refusals.set(uid, count + 1);
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** count);
}

function removePods(replicas: Replicas, replicaSet: ReplicaSet, removed: readonly CountedPod[]): void {
  if (removed.length === 0) return;
  if (replicas.options.pods !== 'counted') for (const pod of removed) deletePod(replicas.objects, replicaSet, pod);
  addUsed(replicas, replicaSet, -removed.length);
}

interface CreatedPods {
  readonly pods: readonly CountedPod[];
  /** Why not all could be created; `null` when they were. */
  readonly refusal: string | null;
}

function createPods(replicas: Replicas, replicaSet: ReplicaSet, missing: number): CreatedPods {
  if (missing === 0) return { pods: [], refusal: null };
  const namespace = replicaSet.metadata.namespace ?? '';
  const used = replicas.used.get(namespace) ?? 0;
  const quota = podQuotaOf(replicas.objects, namespace);
  const room = quota === null ? missing : Math.max(0, Math.min(missing, quota.pods - used));
  const pods = Array.from({ length: room }, () => newPod(replicas, replicaSet));
  if (replicas.options.pods !== 'counted') for (const pod of pods) createPod(replicas.objects, replicaSet, pod);
  addUsed(replicas, replicaSet, room);
  if (quota === null || room === missing) return { pods, refusal: null };
  return { pods, refusal: quotaRefusal(quota, newPod(replicas, replicaSet).name, used + room) };
}

function newPod(replicas: Replicas, replicaSet: ReplicaSet): CountedPod {
  replicas.serial += 1;
  const suffix = replicas.serial.toString(36).padStart(5, '0');
  return {
    name: `${replicaSet.metadata.name}-${suffix}`,
    readyAt: readyAtOf(replicas, replicaSet),
  };
}

function writeStatus(
  replicas: Replicas,
  replicaSet: ReplicaSet,
  pods: readonly CountedPod[],
  refusal: string | null,
): void {
  const now = replicas.clock.now();
  const before = replicaSet.status;
  const conditions = failureConditions(replicaSet, refusal, timeText(now));
  const status = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: countReady(pods, now),
    availableReplicas: countAvailable(pods, now, (replicaSet.spec.minReadySeconds ?? 0) * 1000),
    observedGeneration: replicaSet.metadata.generation ?? 1,
    conditions,
  };
  const isSame =
    before.replicas === status.replicas &&
    (before.readyReplicas ?? 0) === status.readyReplicas &&
    (before.availableReplicas ?? 0) === status.availableReplicas &&
    before.observedGeneration === status.observedGeneration &&
    before.conditions?.[0]?.message === conditions?.[0]?.message;
  if (!isSame) replicas.objects.mergePatch(refOf(kinds.replicaSet, replicaSet), { status }, 'status');
}

function failureConditions(
  replicaSet: ReplicaSet,
  message: string | null,
  lastTransitionTime: string,
): readonly ReplicaSetCondition[] | null {
  if (message === null) return null;
  const known = replicaSet.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
  if (known !== undefined) return [known];
  return [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime }];
}
