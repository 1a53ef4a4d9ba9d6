import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject, ResourceKind } from '../../ports/kubernetes-api.ts';
import { argoSchemas } from './argo-schemas.ts';
import { type PrinterColumn, resourceName } from './resource.ts';
import type { Schema } from './schema.ts';

function column(name: string, jsonPath: string, type = 'string'): PrinterColumn {
  return { name, jsonPath, type };
}

interface Form {
  readonly shortName: string;
  readonly schema: Schema;
  readonly subresources?: Readonly<Record<string, unknown>>;
  readonly columns?: readonly PrinterColumn[];
}

function definition(kind: ResourceKind, form: Form): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resourceName(kind) },
    spec: {
      group: kind.group,
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames: [form.shortName],
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: form.subresources ?? {},
          additionalPrinterColumns: [...(form.columns ?? []), column('Age', '.metadata.creationTimestamp', 'date')],
          schema: { openAPIV3Schema: form.schema },
        },
      ],
    },
  };
}

const rolloutColumns = [
  column('Desired', '.spec.replicas', 'integer'),
  column('Current', '.status.replicas', 'integer'),
  column('Up-to-date', '.status.updatedReplicas', 'integer'),
  column('Available', '.status.availableReplicas', 'integer'),
];

/** The CustomResourceDefinitions of Argo Rollouts 1.9, cut to the fields we use. Only Rollout has a status subresource. */
export const argoDefinitions: readonly KubernetesObject[] = [
  definition(kinds.rollout, {
    shortName: 'ro',
    schema: argoSchemas.rollout,
    subresources: { status: {} },
    columns: rolloutColumns,
  }),
  definition(kinds.analysisTemplate, { shortName: 'at', schema: argoSchemas.analysisTemplate }),
  definition(
    {
      ...kinds.analysisTemplate,
      kind: 'ClusterAnalysisTemplate',
      plural: 'clusteranalysistemplates',
      namespaced: false,
    },
    { shortName: 'cat', schema: argoSchemas.analysisTemplate },
  ),
  definition(kinds.analysisRun, {
    shortName: 'ar',
    schema: argoSchemas.analysisRun,
    columns: [column('Status', '.status.phase')],
  }),
  definition(
    { ...kinds.analysisRun, kind: 'Experiment', plural: 'experiments' },
    { shortName: 'exp', schema: argoSchemas.experiment },
  ),
];
