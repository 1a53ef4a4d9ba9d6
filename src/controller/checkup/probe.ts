import { isAdapterError } from '../../domain/errors.ts';
import { mayI } from '../../ports/access-review.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, ObjectRef } from '../../ports/kubernetes-api.ts';
import { type Finding, findingsOf } from './finding.ts';
import { judgeLags } from './lags.ts';
import { EFFECT_DEADLINE_MS, type ProbeRollout, probeRollout } from './probe-rollout.ts';

const { error } = findingsOf('probe');

/** Rounds of a new template, and a resume or, at last, an abort. */
const ROUNDS = 5;
/** Everything together, with room for a slow controller. */
export const PROBE_DEADLINE_MS = 120_000;

/** Where a cluster is probed. */
export interface ProbePlace {
  readonly namespace: string;
  /** Ends the name `tidegate-doctor-…`: another for each probe. */
  readonly suffix: string;
}

/**
 * Measures the controllers of a cluster with a Rollout of our own that has no pods: a new template until its pause, a resume until it is
 * done, an abort at the end; and how long the controller-manager leaves a new ReplicaSet alone. Deletes the Rollout, whatever happens.
 */
export async function probeControllers(
  api: KubernetesApi,
  clock: Clock,
  { namespace, suffix }: ProbePlace,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const denied = await deniedVerbs(api, namespace);
  if (denied.length > 0) {
    const message = `these credentials may not ${denied.join(', ')} rollouts in ${namespace}`;
    return [error('ProbeNotAllowed', message, 'probe with credentials that may, or leave --probe out')];
  }
  const ref: ObjectRef = { kind: kinds.rollout, namespace, name: `tidegate-doctor-${suffix}` };
  const rollout = probeRollout(api, clock, ref, signal);
  try {
    return (await runRounds(rollout)) ?? judgeLags(rollout.lags);
  } finally {
    await removed(api, ref);
  }
}

/** What is told of a change without an effect; `null` when all had theirs. */
async function runRounds(rollout: ProbeRollout): Promise<readonly Finding[] | null> {
  if ((await rollout.create()) === null) return silent('a new Rollout');
  for (let round = 1; round <= ROUNDS; round += 1) {
    const paused = await rollout.change(round);
    if (paused === null) return silent('a new template');
    if ((await rollout.untilTaken(paused.currentHash)) === null) return managerSilent();
    const isLast = round === ROUNDS;
    const end = isLast ? await rollout.abort() : await rollout.resume();
    if (end === null) return silent(isLast ? 'an abort' : 'a resume');
  }
  return null;
}

const WITHIN = `within ${EFFECT_DEADLINE_MS / 1000} seconds`;

function silent(change: string): readonly Finding[] {
  const remedy = 'start the Argo Rollouts controller of the cluster, or see its log; a very busy one needs more --qps';
  return [error('ControllerSilent', `${change} had no effect ${WITHIN}`, remedy)];
}

function managerSilent(): readonly Finding[] {
  const remedy =
    'start the controller-manager of the cluster, or see its log; a very busy one needs more --kube-api-qps';
  return [error('ManagerSilent', `the controller-manager took no new ReplicaSet ${WITHIN}`, remedy)];
}

async function deniedVerbs(api: KubernetesApi, namespace: string): Promise<readonly string[]> {
  const { group, plural: resource } = kinds.rollout;
  const verbs = ['create', 'get', 'patch', 'delete'];
  const answers = await Promise.all(verbs.map((verb) => mayI(api, { verb, group, resource, namespace })));
  return verbs.filter((_, index) => !answers[index]!.allowed);
}

/** A cluster that is cut off meanwhile keeps the Rollout: without pods it costs nothing, and the finding at hand counts. */
async function removed(api: KubernetesApi, ref: ObjectRef): Promise<void> {
  try {
    await api.delete(ref);
  } catch (cause) {
    if (!isAdapterError(cause)) throw cause;
  }
}
