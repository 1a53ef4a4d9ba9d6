import type { TargetId } from '../domain/plan.ts';
import { targetId } from '../domain/plan.ts';
import { instant } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import { reflect } from '../ports/reflector.ts';
import { type ObservedTarget, projectRollout } from '../release/observed-target.ts';
import type { ClusterPace } from '../release/pace.ts';
import type { ClusterState } from '../release/snapshot.ts';
import { createLagMeter, type SentCommand } from './lag-meter.ts';

/** What is seen of one cluster's Rollouts. */
export interface ClusterObserver {
  readonly cluster: string;
  readonly api: KubernetesApi;
  state(): ClusterState;
  /** `undefined` until the cluster has been listed once. */
  target(id: TargetId): ObservedTarget | 'absent' | undefined;
  /** Takes in an object that a read, or the command that was sent, returned, unless something newer is known. */
  note(object: KubernetesObject, sent?: SentCommand): void;
  /** How its controllers keep up. */
  pace(): ClusterPace;
  /** Follows the cluster until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Follows the Rollouts of a cluster; `changed` is called after every change. */
export function observeCluster(
  api: KubernetesApi,
  clock: Clock,
  random: () => number,
  changed: () => void,
): ClusterObserver {
  const targets = new Map<TargetId, ObservedTarget>();
  const idOf = (key: string) => `${api.cluster}/${key}` as TargetId;
  const meter = createLagMeter(clock);
  let isListed = false;
  let state: ClusterState = { kind: 'stale', sinceAt: instant(clock.now()), message: 'not listed yet' };

  const take = (id: TargetId, observed: ObservedTarget) => {
    const known = targets.get(id);
    if (known !== undefined && known.uid === observed.uid && !isNewer(observed, known)) return;
    targets.set(id, observed);
    meter.saw(id, observed);
  };

  return {
    cluster: api.cluster,
    api,
    state: () => state,
    target: (id) => targets.get(id) ?? (isListed ? 'absent' : undefined),
    note(object, sent) {
      const id = targetId(api.cluster, object.metadata.namespace ?? '', object.metadata.name);
      take(id, projectRollout(object));
      if (sent !== undefined) meter.sent(id, sent, targets.get(id)!);
      changed();
    },
    pace: () => meter.pace(),
    async run(signal) {
      const options = { namespace: null, project: projectRollout, clock, random, signal };
      for await (const heard of reflect(api, kinds.rollout, options)) {
        switch (heard.type) {
          case 'synced':
            targets.clear();
            for (const [key, observed] of heard.items) targets.set(idOf(key), observed);
            meter.relisted(targets);
            isListed = true;
            state = { kind: 'fresh' };
            break;
          case 'changed':
            take(idOf(heard.key), heard.item);
            break;
          case 'gone':
            targets.delete(idOf(heard.key));
            meter.gone(idOf(heard.key));
            break;
          case 'stale':
            state = { kind: 'stale', sinceAt: heard.sinceAt, message: heard.message };
            break;
        }
        changed();
      }
    },
  };
}

/** Resource versions of one object are comparable as integers. */
function isNewer(a: ObservedTarget, b: ObservedTarget): boolean {
  return Number(a.resourceVersion) > Number(b.resourceVersion);
}
