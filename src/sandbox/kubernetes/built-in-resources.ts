import { kinds } from '../../ports/kinds.ts';
import type { ResourceKind } from '../../ports/kubernetes-api.ts';
import { podSpec, podTemplate } from './pod-schema.ts';
import type { PrinterColumn, Resource } from './resource.ts';
import {
  anyObject,
  anyOfNamed,
  integer,
  intOrString,
  labelSelector,
  listOf,
  mapListOf,
  record,
  type Schema,
  text,
  textMap,
} from './schema.ts';

const service: Schema = record({
  spec: record({
    ...anyOfNamed(
      `allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy healthCheckNodePort
      internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges
      publishNotReadyAddresses sessionAffinityConfig trafficDistribution`,
    ),
    sessionAffinity: { type: 'string', default: 'None' },
    type: { type: 'string', default: 'ClusterIP', enum: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] },
    selector: { ...textMap, 'x-kubernetes-map-type': 'atomic' },
    ports: mapListOf(
      record(
        {
          ...anyOfNamed('appProtocol nodePort'),
          name: text,
          port: integer,
          protocol: { type: 'string', default: 'TCP' },
          targetPort: intOrString,
        },
        ['port'],
      ),
      'port',
      'protocol',
    ),
  }),
  status: anyObject,
});

const replicaSetSpec = record(
  {
    replicas: { type: 'integer', default: 1 },
    minReadySeconds: integer,
    selector: labelSelector,
    template: podTemplate,
  },
  ['selector'],
);

const deploymentSpec = record(
  {
    ...anyOfNamed('strategy paused'),
    replicas: { type: 'integer', default: 1 },
    minReadySeconds: integer,
    progressDeadlineSeconds: { type: 'integer', default: 600 },
    revisionHistoryLimit: { type: 'integer', default: 10 },
    selector: labelSelector,
    template: podTemplate,
  },
  ['selector', 'template'],
);

const budgetSpec = record({
  maxUnavailable: intOrString,
  minAvailable: intOrString,
  selector: labelSelector,
  unhealthyPodEvictionPolicy: text,
});

const leaseSpec = record({
  ...anyOfNamed('preferredHolder strategy'),
  acquireTime: text,
  renewTime: text,
  holderIdentity: text,
  leaseDurationSeconds: { type: 'integer', minimum: 1 },
  leaseTransitions: integer,
});

const event = record(
  anyOfNamed(
    `action count eventTime firstTimestamp involvedObject lastTimestamp message reason related reportingComponent
    reportingInstance series source type`,
  ),
);

const definition = record(
  {
    spec: record(
      {
        ...anyOfNamed('conversion preserveUnknownFields'),
        group: text,
        names: anyObject,
        scope: { type: 'string', enum: ['Namespaced', 'Cluster'] },
        versions: listOf(anyObject),
      },
      ['group', 'names', 'scope', 'versions'],
    ),
    status: anyObject,
  },
  ['spec'],
);

type Traits = Partial<
  Pick<Resource, 'shortNames' | 'hasStatus' | 'hasGeneration' | 'needsVersion' | 'columns' | 'categories'>
>;

function resource(kind: ResourceKind, schema: Schema, traits: Traits = {}): Resource {
  return {
    ...kind,
    singular: kind.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    schema,
    hasStatus: false,
    hasGeneration: false,
    isCustom: false,
    needsVersion: false,
    columns: [],
    ...traits,
  };
}

function coreKind(kind: string, plural: string, group = ''): ResourceKind {
  return { group, version: 'v1', kind, plural, namespaced: true };
}

function columns(...pairs: readonly (readonly [string, string])[]): readonly PrinterColumn[] {
  return pairs.map(([name, jsonPath]) => ({ name, jsonPath, type: 'string' }));
}

const data = record({ ...anyOfNamed('immutable'), data: textMap, binaryData: textMap });
const live = { hasStatus: true, hasGeneration: true } as const;

const looseObject: Schema = { ...anyObject, properties: {} };

/** Written by users of a traffic router and by the Argo controller. */
export const ingressKind = coreKind('Ingress', 'ingresses', 'networking.k8s.io');

/** What an installation brings along; nothing here acts on it. */
const policyKinds: readonly ResourceKind[] = [
  coreKind('Role', 'roles', 'rbac.authorization.k8s.io'),
  coreKind('RoleBinding', 'rolebindings', 'rbac.authorization.k8s.io'),
  coreKind('NetworkPolicy', 'networkpolicies', 'networking.k8s.io'),
  { ...coreKind('ClusterRole', 'clusterroles', 'rbac.authorization.k8s.io'), namespaced: false },
  { ...coreKind('ClusterRoleBinding', 'clusterrolebindings', 'rbac.authorization.k8s.io'), namespaced: false },
  {
    ...coreKind('ValidatingAdmissionPolicy', 'validatingadmissionpolicies', 'admissionregistration.k8s.io'),
    namespaced: false,
  },
  {
    ...coreKind(
      'ValidatingAdmissionPolicyBinding',
      'validatingadmissionpolicybindings',
      'admissionregistration.k8s.io',
    ),
    namespaced: false,
  },
];

/** The kinds that every store serves from the start; custom resources come with their definitions. */
export const builtInResources: readonly Resource[] = [
  resource(kinds.namespace, record({ spec: anyObject, status: anyObject }), {
    shortNames: ['ns'],
    hasStatus: true,
    columns: columns(['Status', '.status.phase']),
  }),
  resource(kinds.pod, record({ spec: podSpec, status: anyObject }, ['spec']), {
    shortNames: ['po'],
    hasStatus: true,
    columns: columns(['Status', '.status.phase']),
  }),
  resource(kinds.service, service, { shortNames: ['svc'], hasStatus: true, columns: columns(['Type', '.spec.type']) }),
  resource(kinds.replicaSet, record({ spec: replicaSetSpec, status: anyObject }, ['spec']), {
    ...live,
    shortNames: ['rs'],
    columns: columns(
      ['Desired', '.spec.replicas'],
      ['Current', '.status.replicas'],
      ['Ready', '.status.readyReplicas'],
    ),
  }),
  resource(
    coreKind('Deployment', 'deployments', 'apps'),
    record({ spec: deploymentSpec, status: anyObject }, ['spec']),
    {
      ...live,
      shortNames: ['deploy'],
    },
  ),
  resource(
    kinds.secret,
    record({
      ...anyOfNamed('immutable'),
      data: textMap,
      stringData: textMap,
      type: { type: 'string', default: 'Opaque' },
    }),
  ),
  resource(coreKind('ConfigMap', 'configmaps'), data, { shortNames: ['cm'] }),
  resource(
    coreKind('ServiceAccount', 'serviceaccounts'),
    record(anyOfNamed('automountServiceAccountToken imagePullSecrets secrets')),
    {
      shortNames: ['sa'],
    },
  ),
  resource(kinds.lease, record({ spec: leaseSpec }), {
    needsVersion: true,
    columns: columns(['Holder', '.spec.holderIdentity']),
  }),
  resource(kinds.event, event, {
    shortNames: ['ev'],
    columns: columns(['Type', '.type'], ['Reason', '.reason'], ['Message', '.message']),
  }),
  resource(ingressKind, record({ spec: anyObject, status: anyObject }), { ...live, shortNames: ['ing'] }),
  resource(kinds.podDisruptionBudget, record({ spec: budgetSpec, status: anyObject }), {
    ...live,
    shortNames: ['pdb'],
  }),
  resource(kinds.resourceQuota, record({ spec: anyObject, status: anyObject }), {
    hasStatus: true,
    shortNames: ['quota'],
  }),
  resource(kinds.customResourceDefinition, definition, { ...live, needsVersion: true, shortNames: ['crd', 'crds'] }),
  ...policyKinds.map((kind) => resource(kind, looseObject)),
];
