import type { Instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import { asReplicaSet, podHashOf, type ReplicaSet } from '../argo/replica-set.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { createLoadTimeline, type LoadTimeline, type ServedRevision } from './load-timeline.ts';
import {
  type Behaviour,
  profileOf,
  requestRateOf,
  type ServiceProfile,
  type TrafficModel,
  type TrafficTenant,
} from './traffic-model.ts';

/** One tenant's requests to one revision of its Rollout. */
export interface TenantRevision {
  readonly tenant: TrafficTenant;
  readonly revision: ServedRevision;
  readonly requestsPerSecond: number;
  readonly profile: ServiceProfile;
  readonly timeline: LoadTimeline;
}

/** Tenants' traffic in a world. */
export interface Traffic {
  readonly clock: Clock;
  readonly model: TrafficModel;
  /** Follows the ready pods of a cluster; answers how to stop. */
  follow(cluster: ClusterObjects): () => void;
  /** Every tenant with every revision that ever served it, in the model's order. `cluster: null` is all. */
  tenantRevisions(cluster: string | null): readonly TenantRevision[];
  /** What a tenant got from each revision; empty for a tenant that is not there. */
  ofTenant(cluster: string, tenantId: string): readonly TenantRevision[];
}

const HEALTHY: readonly Behaviour[] = [];

/** Traffic that follows no cluster yet. */
export function createTraffic(model: TrafficModel, clock: Clock): Traffic {
  const timelines = new Map<string, LoadTimeline>();
  const timelineOf = (key: string): LoadTimeline => {
    const known = timelines.get(key);
    if (known !== undefined) return known;
    const created = createLoadTimeline();
    timelines.set(key, created);
    return created;
  };
  const revisionsOf = (tenant: TrafficTenant): readonly TenantRevision[] => {
    const timeline = timelineOf(keyOf(tenant.cluster, tenant.namespace, tenant.rollout));
    return timeline.revisions().map((revision) => ({
      tenant,
      revision,
      requestsPerSecond: requestRateOf(model, tenant),
      profile: profileOf(behavioursOf(model, revision), tenant),
      timeline,
    }));
  };
  const byCluster = Map.groupBy(model.tenants, ({ cluster }) => cluster);
  const byId = Map.groupBy(model.tenants, ({ cluster, id }) => `${cluster}/${id}`);
  return {
    clock,
    model,
    follow: (cluster) => followCluster(cluster, clock, timelineOf),
    tenantRevisions: (cluster) =>
      (cluster === null ? model.tenants : (byCluster.get(cluster) ?? [])).flatMap(revisionsOf),
    ofTenant: (cluster, tenantId) => (byId.get(`${cluster}/${tenantId}`) ?? []).flatMap(revisionsOf),
  };
}

function keyOf(cluster: string, namespace: string, rollout: string): string {
  return `${cluster}/${namespace}/${rollout}`;
}

function behavioursOf(model: TrafficModel, revision: ServedRevision): readonly Behaviour[] {
  const key = revision.versionKeys.find((candidate) => Object.hasOwn(model.versions, candidate));
  return key === undefined ? HEALTHY : (model.versions[key] ?? HEALTHY);
}

function followCluster(objects: ClusterObjects, clock: Clock, timelineOf: (key: string) => LoadTimeline): () => void {
  const note = (replicaSet: ReplicaSet, readyPods: number): void => {
    const owner = replicaSet.metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner === undefined) return;
    const timeline = timelineOf(keyOf(objects.cluster, replicaSet.metadata.namespace ?? '', owner.name));
    timeline.note(servedRevision(replicaSet), readyPods, clock.now());
  };
  for (const object of objects.list(kinds.replicaSet, { namespace: null }).items) {
    const replicaSet = asReplicaSet(object);
    note(replicaSet, replicaSet.status.readyReplicas ?? 0);
  }
  return objects.subscribe(kinds.replicaSet, ({ type, object }) => {
    const replicaSet = asReplicaSet(object);
    note(replicaSet, type === 'deleted' ? 0 : (replicaSet.status.readyReplicas ?? 0));
  });
}

function servedRevision(replicaSet: ReplicaSet): ServedRevision {
  const { metadata, spec } = replicaSet.spec.template;
  const image = spec?.containers?.[0]?.image;
  const digest = image?.split('@')[1];
  const label = metadata?.labels?.['app.kubernetes.io/version'];
  return {
    podHash: podHashOf(replicaSet),
    versionKeys: [label, image, digest].filter((key) => key !== undefined),
  };
}

/** Requests of a tenant to a revision until an instant, with their fraction: what counters are made of. */
export function exactRequests({ timeline, revision, requestsPerSecond }: TenantRevision, at: Instant): number {
  return requestsPerSecond * timeline.servedSeconds(revision.podHash, at);
}
