import type { ResourceKind } from './kubernetes-api.ts';

const argo = (kind: string, plural: string, namespaced = true): ResourceKind => ({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind,
  plural,
  namespaced,
});

const own = (kind: string, plural: string): ResourceKind => ({
  group: 'tidegate.dev',
  version: 'v1alpha1',
  kind,
  plural,
  namespaced: true,
});

/** Every kind that Tidegate reads or writes. */
export const kinds = {
  rollout: argo('Rollout', 'rollouts'),
  analysisTemplate: argo('AnalysisTemplate', 'analysistemplates'),
  analysisRun: argo('AnalysisRun', 'analysisruns'),
  replicaSet: { group: 'apps', version: 'v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true },
  pod: { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
  service: { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true },
  namespace: { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  resourceQuota: { group: '', version: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true },
  secret: { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
  event: { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true },
  lease: { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true },
  podDisruptionBudget: {
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    namespaced: true,
  },
  customResourceDefinition: {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    namespaced: false,
  },
  metricSource: own('MetricSource', 'metricsources'),
  cluster: own('Cluster', 'clusters'),
  pool: own('Pool', 'pools'),
  tenant: own('Tenant', 'tenants'),
  workload: own('Workload', 'workloads'),
  wavePlan: own('WavePlan', 'waveplans'),
  release: own('Release', 'releases'),
  approval: own('Approval', 'approvals'),
  freeze: own('Freeze', 'freezes'),
  rollback: own('Rollback', 'rollbacks'),
  webhook: own('Webhook', 'webhooks'),
  planSlice: own('PlanSlice', 'planslices'),
  waveRun: own('WaveRun', 'waveruns'),
} as const satisfies Record<string, ResourceKind>;

const review = (kind: string, group: string): ResourceKind => ({
  group: `${group}.k8s.io`,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: false,
});

/** Questions about users and rights: a create is answered, and nothing is stored. */
export const reviewKinds = {
  token: review('TokenReview', 'authentication'),
  self: review('SelfSubjectReview', 'authentication'),
  ownAccess: review('SelfSubjectAccessReview', 'authorization'),
  access: review('SubjectAccessReview', 'authorization'),
} as const satisfies Record<string, ResourceKind>;

/** The manager under which every write of ours is done. */
export const FIELD_MANAGER = 'tidegate';
