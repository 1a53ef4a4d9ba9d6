import { isAdapterError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/time.ts';
import { mayI } from '../../ports/access-review.ts';
import type { Clock } from '../../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef } from '../../ports/kubernetes-api.ts';
import { annotations } from '../../release/annotations.ts';
import { type ObservedTarget, projectRollout } from '../../release/observed-target.ts';
import { counted, type Finding, findingsOf } from './finding.ts';

const { ok, warning, error } = findingsOf('probe');
const write = { fieldManager: FIELD_MANAGER };

/** Rounds of a new template and a resume. */
const ROUNDS = 5;
const LOOK_MS = 20;
/** A controller that is still at its last change loses the next one; here its speed is asked, not that. */
const REST_MS = 500;
/** As the daemon does: a command without its effect may be lost, and any touch of the object wakes the controller. */
const NUDGE_AFTER_MS = 1_000;
const EFFECT_DEADLINE_MS = 10_000;
/** Everything together, with room for a slow controller. */
export const PROBE_DEADLINE_MS = 90_000;
/** An idle controller needs 20 to 120 ms, and the pause of a canary step 200. */
const SLOW_MS = 1_000;

/** A time from a change to its effect. */
interface Lag {
  readonly change: 'template' | 'resume' | 'abort' | 'replicaSet';
  readonly ms: number;
  readonly nudges: number;
}

/**
 * Measures the controllers of a cluster with a Rollout of our own that has no pods: a new template until its first pause, a resume until
 * it is done, an abort at the end; and the time in which the controller-manager takes a new ReplicaSet. Deletes it, whatever happens.
 */
export async function probeControllers(
  api: KubernetesApi,
  clock: Clock,
  place: { readonly namespace: string; readonly suffix: string },
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const denied = await deniedVerbs(api, place.namespace);
  if (denied.length > 0)
    return [
      error(
        'ProbeNotAllowed',
        `these credentials may not ${denied.join(', ')} rollouts in ${place.namespace}`,
        'probe with credentials that may, or leave --probe out',
      ),
    ];
  const ref: ObjectRef = { kind: kinds.rollout, namespace: place.namespace, name: `tidegate-doctor-${place.suffix}` };
  try {
    return judge(await measure(api, clock, ref, signal));
  } finally {
    await removed(api, ref);
  }
}

async function deniedVerbs(api: KubernetesApi, namespace: string): Promise<readonly string[]> {
  const { group, plural: resource } = kinds.rollout;
  const verbs = ['create', 'get', 'patch', 'delete'];
  const answers = await Promise.all(verbs.map((verb) => mayI(api, { verb, group, resource, namespace })));
  return verbs.filter((_, index) => !answers[index]!.allowed);
}

/** What is left behind is named by whoever finds it; the finding at hand counts. */
async function removed(api: KubernetesApi, ref: ObjectRef): Promise<void> {
  try {
    await api.delete(ref);
  } catch (cause) {
    if (!isAdapterError(cause)) throw cause;
  }
}

type Measured =
  | { readonly kind: 'lags'; readonly lags: readonly Lag[] }
  | { readonly kind: 'silent'; readonly change: string };

async function measure(api: KubernetesApi, clock: Clock, ref: ObjectRef, signal: AbortSignal): Promise<Measured> {
  const lags: Lag[] = [];
  /** Does something, and waits until the Rollout shows it. Answers what it shows; `null` when it never does. */
  const timed = async (
    change: Lag['change'],
    act: () => Promise<unknown>,
    isSeen: (now: ObservedTarget) => boolean,
  ) => {
    await clock.sleep(REST_MS, signal);
    const startedAt = clock.now();
    await act();
    const seen = await untilSeen(api, clock, ref, isSeen, signal);
    if (seen !== null) lags.push({ change, ms: clock.now() - startedAt, nudges: seen.nudges });
    return seen;
  };
  const template = (round: number) =>
    ({ op: 'replace', path: '/spec/template/metadata/labels/round', value: `${round}` }) as const;
  const status = { ...write, subresource: 'status' } as const;
  const first = await timed(
    'template',
    () => api.create(rollout(ref), kinds.rollout, write),
    ({ stableHash, isObserved }) => isObserved && stableHash !== '',
  );
  if (first === null) return { kind: 'silent', change: 'a new Rollout' };
  let { stableHash } = first.now;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const last = round === ROUNDS;
    const paused = await timed(
      'template',
      () => api.patch(ref, [template(round)], write),
      (now) => now.isObserved && now.currentHash !== stableHash && now.pause !== null,
    );
    if (paused === null) return { kind: 'silent', change: 'a new template' };
    const taken = await replicaSetLag(api, clock, ref, paused.now.currentHash, signal);
    if (taken !== null) lags.push(taken);
    const next = last
      ? await timed(
          'abort',
          () => api.mergePatch(ref, { status: { abort: true } }, status),
          (now) => now.abortedAt,
        )
      : await timed(
          'resume',
          () => api.mergePatch(ref, { status: { pauseConditions: null } }, status),
          (now) => now.stableHash === now.currentHash,
        );
    if (next === null) return { kind: 'silent', change: last ? 'an abort' : 'a resume' };
    ({ stableHash } = next.now);
  }
  return { kind: 'lags', lags };
}

interface SeenEffect {
  readonly now: ObservedTarget;
  readonly nudges: number;
}

async function untilSeen(
  api: KubernetesApi,
  clock: Clock,
  ref: ObjectRef,
  isSeen: (now: ObservedTarget) => boolean,
  signal: AbortSignal,
): Promise<SeenEffect | null> {
  const startedAt = clock.now();
  let nudges = 0;
  while (!signal.aborted && clock.now() - startedAt < EFFECT_DEADLINE_MS) {
    const now = projectRollout(await api.get(ref));
    if (isSeen(now)) return { now, nudges };
    if (clock.now() - startedAt > (nudges + 1) * NUDGE_AFTER_MS) {
      nudges += 1;
      await api.mergePatch(ref, nudge(nudges, formatInstant(clock.now())), write);
    }
    await clock.sleep(LOOK_MS, signal);
  }
  return null;
}

function nudge(attempt: number, at: string): unknown {
  return { metadata: { annotations: { [annotations.nudge]: `${attempt} ${at}` } } };
}

/** How long the controller-manager leaves a new ReplicaSet alone; counted from when we know of it, so at least that long. */
async function replicaSetLag(
  api: KubernetesApi,
  clock: Clock,
  ref: ObjectRef,
  hash: string,
  signal: AbortSignal,
): Promise<Lag | null> {
  const startedAt = clock.now();
  const labelSelector = `rollouts-pod-template-hash=${hash}`;
  while (!signal.aborted && clock.now() - startedAt < EFFECT_DEADLINE_MS) {
    const { items } = await api.list(kinds.replicaSet, { namespace: ref.namespace, labelSelector });
    const status = items[0]?.['status'] as { readonly observedGeneration?: number } | undefined;
    if (status?.observedGeneration !== undefined)
      return { change: 'replicaSet', ms: clock.now() - startedAt, nudges: 0 };
    await clock.sleep(LOOK_MS, signal);
  }
  return { change: 'replicaSet', ms: EFFECT_DEADLINE_MS, nudges: 0 };
}

function judge(measured: Measured): readonly Finding[] {
  if (measured.kind === 'silent') {
    const message = `${measured.change} had no effect within ${EFFECT_DEADLINE_MS / 1000} seconds`;
    return [error('ControllerSilent', message, 'start the Argo Rollouts controller of the cluster, or see its log')];
  }
  const argo = measured.lags.filter(({ change }) => change !== 'replicaSet');
  const manager = measured.lags.filter(({ change }) => change === 'replicaSet');
  return [argoFinding(argo), managerFinding(manager)];
}

function argoFinding(lags: readonly Lag[]): Finding {
  const { p50, max } = spread(lags);
  const nudged = lags.filter(({ nudges }) => nudges > 0).length;
  const message = `Argo Rollouts: change to effect ${p50} ms at p50, ${max} ms at most, over ${counted(lags.length, 'change')}${nudged === 0 ? '' : `, ${nudged} of them lost and nudged`}`;
  if (p50 < SLOW_MS) return ok('ControllerQuick', message);
  return warning(
    'ControllerSlow',
    message,
    'raise --qps and --burst of the Argo Rollouts controller (40 and 80 unless set), or give it more CPU',
  );
}

function managerFinding(lags: readonly Lag[]): Finding {
  const { p50, max } = spread(lags);
  const message = `controller-manager: a new ReplicaSet is taken after ${p50} ms at p50, ${max} ms at most`;
  if (p50 < SLOW_MS) return ok('ReplicaSetsQuick', message);
  return warning(
    'ReplicaSetsSlow',
    message,
    'raise --kube-api-qps and --kube-api-burst of the controller-manager (20 and 30 unless set)',
  );
}

function spread(lags: readonly Lag[]): { readonly p50: number; readonly max: number } {
  const sorted = lags.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b);
  return { p50: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** No pods, one gated step. */
function rollout({ name, namespace }: ObjectRef): KubernetesObject {
  const app = { 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      namespace: namespace ?? '',
      labels: { ...app, 'app.kubernetes.io/managed-by': 'tidegate-doctor' },
    },
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
