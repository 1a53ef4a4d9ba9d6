import { formatInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef } from '../../ports/kubernetes-api.ts';
import { annotations } from '../../release/annotations.ts';
import { type ObservedTarget, projectRollout } from '../../release/observed-target.ts';
import type { Lag } from './lags.ts';

/** A Rollout of our own whose changes are timed. Each answers `null` when its effect is not seen within `EFFECT_DEADLINE_MS`. */
export interface ProbeRollout {
  create(): Promise<ObservedTarget | null>;
  /** A new template, until its pause. */
  change(round: number): Promise<ObservedTarget | null>;
  resume(): Promise<ObservedTarget | null>;
  abort(): Promise<ObservedTarget | null>;
  /** Until the controller-manager has taken the ReplicaSet of a pod hash. */
  untilTaken(hash: string): Promise<true | null>;
  /** The times so far. */
  readonly lags: readonly Lag[];
}

const LOOK_MS = 20;
/** A controller that is still at its last change loses the next one; here its speed is asked, not that. */
const REST_MS = 500;
/** As the daemon does: a command without its effect may be lost, and any touch of the object wakes the controller. */
const NUDGE_AFTER_MS = 1_000;
export const EFFECT_DEADLINE_MS = 20_000;

const write = { fieldManager: FIELD_MANAGER };
const status = { ...write, subresource: 'status' } as const;

/** Opens a probe that is not there yet. All waits end with the signal. */
export function probeRollout(api: KubernetesApi, clock: Clock, ref: ObjectRef, signal: AbortSignal): ProbeRollout {
  const lags: Lag[] = [];
  let stableHash = '';

  /** Looks until something holds; `null` when it never does. */
  async function until<T>(look: (waitedMs: number) => Promise<T | null>): Promise<T | null> {
    const startedAt = clock.now();
    for (let waitedMs = 0; waitedMs < EFFECT_DEADLINE_MS && !signal.aborted; waitedMs = clock.now() - startedAt) {
      const seen = await look(waitedMs);
      if (seen !== null) return seen;
      await clock.sleep(LOOK_MS, signal);
    }
    return null;
  }

  async function timed(
    change: Lag['change'],
    act: () => Promise<unknown>,
    isSeen: (now: ObservedTarget) => boolean,
  ): Promise<ObservedTarget | null> {
    await clock.sleep(REST_MS, signal);
    const startedAt = clock.now();
    let nudges = 0;
    await act();
    const seen = await until(async (waitedMs) => {
      const now = projectRollout(await api.get(ref));
      if (isSeen(now)) return now;
      if (waitedMs > (nudges + 1) * NUDGE_AFTER_MS) {
        nudges += 1;
        const value = `${nudges} ${formatInstant(clock.now())}`;
        await api.mergePatch(ref, { metadata: { annotations: { [annotations.nudge]: value } } }, write);
      }
      return null;
    });
    if (seen === null) return null;
    lags.push({ change, ms: clock.now() - startedAt, nudges });
    ({ stableHash } = seen);
    return seen;
  }

  return {
    lags,
    create: () =>
      timed(
        'template',
        () => api.create(manifest(ref), kinds.rollout, write),
        (now) => now.isObserved && now.stableHash !== '',
      ),
    change: (round) =>
      timed(
        'template',
        () => api.patch(ref, [{ op: 'replace', path: ROUND_PATH, value: String(round) }], write),
        (now) => now.isObserved && now.currentHash !== stableHash && now.pause !== null,
      ),
    resume: () =>
      timed(
        'resume',
        () => api.mergePatch(ref, { status: { pauseConditions: null } }, status),
        (now) => now.stableHash === now.currentHash,
      ),
    abort: () =>
      timed(
        'abort',
        () => api.mergePatch(ref, { status: { abort: true } }, status),
        (now) => now.abortedAt,
      ),
    async untilTaken(hash) {
      const startedAt = clock.now();
      const labelSelector = `rollouts-pod-template-hash=${hash}`;
      const taken = await until<true>(async () => {
        const { items } = await api.list(kinds.replicaSet, { namespace: ref.namespace, labelSelector });
        const seen = items[0]?.['status'] as { readonly observedGeneration?: number } | undefined;
        return seen?.observedGeneration === undefined ? null : true;
      });
      if (taken !== null) lags.push({ change: 'replicaSet', ms: clock.now() - startedAt, nudges: 0 });
      return taken;
    },
  };
}

const ROUND_PATH = '/spec/template/metadata/labels/round';

/** No pods, one gated step. */
function manifest({ name, namespace }: ObjectRef): KubernetesObject {
  const app = { 'app.kubernetes.io/name': name };
  const labels = { ...app, 'app.kubernetes.io/managed-by': 'tidegate-doctor' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: namespace ?? '', labels },
    spec: {
      replicas: 0,
      revisionHistoryLimit: 0,
      selector: { matchLabels: app },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
      template: {
        metadata: { labels: { ...app, round: '0' } },
        spec: { containers: [{ name: 'none', image: 'registry.example/none' }] },
      },
    },
  };
}
