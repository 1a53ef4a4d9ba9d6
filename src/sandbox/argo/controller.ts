import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type Alarms, createAlarms } from '../clock/alarms.ts';
import { ApiError } from '../kubernetes/status-error.ts';
import type { Store, StoreEvent } from '../kubernetes/store.ts';
import { type AroundWrite, createModelStore, type ModelStore, refOf } from '../model-store.ts';
import { type MeasureQuery, startAnalysisController } from './analysis-controller.ts';
import { asAnalysisRun } from './analysis-run.ts';
import { createInformerCache, type InformerCache } from './informer-cache.ts';
import type { PassEnvironment } from './pass.ts';
import { createTokenBucket, type RateLimit, type TokenBucket } from './rate-limit.ts';
import { type BegunPass, beginPass } from './reconcile.ts';
import { asReplicaSet } from './replica-set.ts';
import { asRollout } from './rollout.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/** How the model of the Argo Rollouts controller behaves. */
export interface ArgoOptions {
  /** How long one pass takes from reading to its last write. @default 95 */
  readonly reconcileMs?: number;
  /** Does it write its own, possibly older copies into its cache, as every release does so far? @default true */
  readonly loseCommands?: boolean;
  /**
   * Asked of every change that somebody else made: `true` loses it although no pass was ending, as happens to a few in a
   * hundred when a whole wave moves. Must be deterministic. @default none
   */
  readonly losesAlso?: (rollout: KubernetesObject) => boolean;
  /** How often it looks at everything again. @default 15 minutes */
  readonly resyncMs?: number;
  /** Its requests a second; `stockLimits` are those of an installation that nobody tuned. @default no limit */
  readonly rateLimit?: RateLimit | null;
  /** Answers the queries of analysis runs. @default an empty vector */
  readonly measure?: MeasureQuery;
}

/** What `--qps` and `--burst` are when nobody sets them. */
export const stockLimits: RateLimit = { qps: 40, burst: 80 };

/** `--rollout-threads` when nobody sets it; counts only where a rate limit is set. */
const STOCK_WORKERS = 10;
const FIELD_MANAGER = 'rollouts-controller';
const RECONCILE_MS = 95;
const RESYNC_MS = 15 * 60_000;

/** The Argo Rollouts controller of one cluster. */
export interface ArgoController {
  readonly isRunning: boolean;
  /** Reads everything and starts; quiet when it runs. */
  start(): void;
  /** Dies between two instructions; quiet when it does not run. */
  stop(): void;
}

/** A controller that does not run yet. */
export function createArgoController(store: Store, clock: Clock, options: ArgoOptions = {}): ArgoController {
  let running: { stop(): void } | null = null;
  return {
    get isRunning() {
      return running !== null;
    },
    start() {
      running ??= run(store, clock, options);
    },
    stop() {
      running?.stop();
      running = null;
    },
  };
}

/** One life of the controller: nothing of it survives a stop. */
function run(store: Store, clock: Clock, options: ArgoOptions): { stop(): void } {
  const alarms = createAlarms(clock);
  const own = countWrites();
  const objects = createModelStore(store, FIELD_MANAGER, own.around);
  const rateLimit = options.rateLimit ?? null;
  const worker: Worker = {
    objects,
    alarms,
    clock,
    cache: createInformerCache(options.loseCommands ?? true),
    bucket: createTokenBucket(rateLimit, clock),
    reconcileMs: options.reconcileMs ?? RECONCILE_MS,
    takeWrites: () => own.take(),
  };
  const workers = rateLimit === null ? Number.POSITIVE_INFINITY : STOCK_WORKERS;
  const queue = createWorkQueue(alarms, clock, workers, (key, done) => work(worker, queue, key, done));
  const isLost = (object: KubernetesObject): boolean => !own.isWriting() && options.losesAlso?.(object) === true;
  const unsubscribe = subscribe(worker, queue, isLost);
  const stopAnalysis = startAnalysisController(objects, alarms, clock, options.measure ?? (async () => []));
  resync(worker, queue, options.resyncMs ?? RESYNC_MS);
  return {
    stop() {
      alarms.stop();
      queue.stop();
      stopAnalysis();
      for (const end of unsubscribe) end();
    },
  };
}

/** Counts the controller's own writes, and tells them from those of others. */
function countWrites() {
  let count = 0;
  let isWriting = false;
  const around: AroundWrite = (write) => {
    count += 1;
    isWriting = true;
    try {
      return write();
    } finally {
      isWriting = false;
    }
  };
  return {
    around,
    isWriting: () => isWriting,
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}

interface Worker {
  readonly objects: ModelStore;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly cache: InformerCache;
  readonly bucket: TokenBucket;
  readonly reconcileMs: number;
  /** Writes since the last call. */
  takeWrites(): number;
}

function keyOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function resync(worker: Worker, queue: WorkQueue, resyncMs: number): void {
  for (const object of worker.objects.list(kinds.rollout)) {
    worker.cache.observe(keyOf(object), object);
    queue.add(keyOf(object));
  }
  worker.alarms.after(resyncMs, () => resync(worker, queue, resyncMs));
}

function subscribe(
  { objects, cache }: Worker,
  queue: WorkQueue,
  isLost: (object: KubernetesObject) => boolean,
): readonly (() => void)[] {
  const enqueueOwner = ({ object }: StoreEvent): void => {
    const owner = object.metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Rollout' && controller);
    if (owner !== undefined) queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  };
  return [
    objects.subscribe(kinds.rollout, ({ type, object }) => {
      if (type === 'deleted') {
        cache.forget(keyOf(object));
        return;
      }
      if (type === 'modified' && isLost(object)) return;
      cache.observe(keyOf(object), object);
      queue.add(keyOf(object));
    }),
    objects.subscribe(kinds.replicaSet, enqueueOwner),
    objects.subscribe(kinds.analysisRun, (event) => {
      const phase = asAnalysisRun(event.object).status.phase;
      const before = event.previous === null ? null : asAnalysisRun(event.previous).status.phase;
      if (event.type !== 'modified' || phase !== before) enqueueOwner(event);
    }),
  ];
}

/** A pass begins: it reads, decides and does its early writes at once, and ends after its time. */
function work(worker: Worker, queue: WorkQueue, key: string, done: () => void): void {
  const read = worker.cache.get(key);
  if (read === undefined || read.metadata.deletionTimestamp !== undefined) {
    done();
    return;
  }
  const environment = environmentOf(worker, (ms) => queue.addAfter(key, ms));
  const begun = orApiError(() => beginPass(asRollout(read), environment));
  const waitMs = worker.bucket.take(worker.takeWrites());
  worker.alarms.after(Math.max(waitMs, worker.reconcileMs), () => {
    if (begun === null || begun.end.kind === 'retry' || !endPass(worker, key, begun)) queue.addAfterFailure(key);
    else queue.forget(key);
    done();
  });
}

/** The pass's last write, and its answer into the cache. `false` when the write failed. */
function endPass(worker: Worker, key: string, { pass, end }: BegunPass): boolean {
  const patch = end.kind === 'status' ? end.patch : null;
  if (patch !== null) {
    worker.bucket.take(1);
    const ref = refOf(kinds.rollout, pass.rollout);
    const written = orApiError(() => worker.objects.mergePatch(ref, patch, 'status'));
    worker.takeWrites();
    if (written === null) return false;
    pass.written = written;
  }
  if (pass.written !== null) worker.cache.writeBack(key, pass.written);
  return true;
}

/** The API server's refusal is an outcome (the object is gone, somebody was first); anything else is a bug. */
function orApiError<T>(write: () => T): T | null {
  try {
    return write();
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

function environmentOf(worker: Worker, lookAgainAfter: (ms: number) => void): PassEnvironment {
  const { objects, clock } = worker;
  return {
    store: objects,
    now: () => clock.now(),
    replicaSetsOf: ({ metadata }) => objects.owned(kinds.replicaSet, metadata.uid ?? '').map(asReplicaSet),
    analysisRunsOf: ({ metadata }) => objects.owned(kinds.analysisRun, metadata.uid ?? '').map(asAnalysisRun),
    findTemplate: (namespace, name) => objects.get({ kind: kinds.analysisTemplate, namespace, name }),
    findService: (namespace, name) => objects.get({ kind: kinds.service, namespace, name }),
    lookAgainAfter,
  };
}
