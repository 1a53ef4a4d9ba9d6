import { TerminalError } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { projectRollout } from '../../release/observed-target.ts';
import { counted, type Finding, findingsOf, someOf } from './finding.ts';
import { keyOf, type SeenRollout } from './seen-rollouts.ts';

const { ok, warning, error } = findingsOf('argo controller');

/** A controller that runs takes a change within a second; a busy one in some. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 500;
/** Rollouts that are looked at again; more would say no more. */
const LOOKED_AT_AGAIN = 20;
/** Where Argo's manifests put the controller, and the Lease of its leader, renewed every few seconds. */
const LEASE = { kind: kinds.lease, namespace: 'argo-rollouts', name: 'argo-rollouts-controller-lock' };
const STALE_LEASE_MS = 60_000;
const FASTER =
  'it works, and is late: wait, or raise --qps and --burst of the Argo Rollouts controller (40 and 80 unless set)';
const TOUCH_IT =
  'it runs, and lost them: any touch wakes it, as kubectl annotate rollout NAME looked-at=now --overwrite';
const RUN_IT = 'start the Argo Rollouts controller of the cluster, or see its log';

/**
 * Whether the Argo Rollouts controller is alive, without a touch of anybody's Rollout: has it taken the last change of each, and does
 * its leader renew its Lease. What it cannot tell, the probe can.
 */
export async function checkRolloutController(
  api: KubernetesApi,
  clock: Clock,
  rollouts: ReadonlyMap<string, SeenRollout>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const lease = await leaseAgeMs(api, clock);
  if (lease !== null && lease > STALE_LEASE_MS)
    return [
      error('ControllerSilent', `its leader renewed its Lease last ${Math.round(lease / 1000)} seconds ago`, RUN_IT),
    ];
  const behind = [...rollouts.values()].filter(({ observed }) => !observed.isObserved).slice(0, LOOKED_AT_AGAIN);
  const silent = await stillBehind(api, clock, behind, signal);
  if (silent.length === 0) return [fine(rollouts.size, lease !== null)];
  const message = `${silent.length} of ${counted(rollouts.size, 'Rollout')} changed without being looked at for ${PATIENCE_MS / 1000} seconds: ${someOf(silent.map(keyOf))}`;
  // what it took meanwhile proves that it works
  if (silent.length < behind.length) return [warning('ControllerBehind', message, FASTER)];
  return [lease === null ? error('ControllerSilent', message, RUN_IT) : warning('ChangeNotTaken', message, TOUCH_IT)];
}

function fine(count: number, isAlive: boolean): Finding {
  if (isAlive)
    return ok(
      'ControllerAlive',
      `its leader renews its Lease; ${counted(count, 'Rollout')}, all with their last change taken`,
    );
  if (count === 0) return ok('ControllerUnknown', 'there is no Rollout to tell by: --probe NAMESPACE measures it');
  return ok(
    'ControllerFollows',
    `${counted(count, 'Rollout')}, all with their last change taken; --probe NAMESPACE measures it`,
  );
}

/** Those that are not looked at after a while either. */
async function stillBehind(
  api: KubernetesApi,
  clock: Clock,
  behind: readonly SeenRollout[],
  signal: AbortSignal,
): Promise<readonly SeenRollout[]> {
  const endsAt = clock.now() + PATIENCE_MS;
  let left = behind;
  while (left.length > 0 && clock.now() < endsAt && !signal.aborted) {
    await clock.sleep(LOOK_MS, signal);
    const again = await Promise.all(left.map((one) => api.get({ ...one, kind: kinds.rollout })));
    // one that changed meanwhile has a new time to be taken
    left = left.filter((one, index) => {
      const now = again[index];
      return now !== undefined && now.metadata.generation === one.generation && !projectRollout(now).isObserved;
    });
  }
  return left;
}

/** Time since the leader last renewed its Lease, ms; `null` when there is none that these credentials show. */
async function leaseAgeMs(api: KubernetesApi, clock: Clock): Promise<number | null> {
  try {
    const lease = await api.get(LEASE);
    const { renewTime } = (lease?.['spec'] ?? {}) as { readonly renewTime?: string };
    const renewedAt = parseInstant(renewTime ?? '');
    return renewedAt === null ? null : Math.max(0, clock.now() - renewedAt);
  } catch (cause) {
    if (cause instanceof TerminalError) return null;
    throw cause;
  }
}
