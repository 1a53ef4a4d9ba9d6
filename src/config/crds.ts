import { columnsOf, type PrinterColumn } from './printer-columns.ts';
import { type StructuralSchema, structuralSchema } from './structural-schema.ts';
import { API_VERSION } from './wire/document.ts';
import { type KindName, kindNames, wireSchemas } from './wire/kinds.ts';

/** A CustomResourceDefinition of ours, as the apiserver takes it. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly categories: readonly string[];
    };
    readonly versions: readonly CrdVersion[];
  };
  readonly [field: string]: unknown;
}

interface CrdVersion {
  readonly name: string;
  readonly served: true;
  readonly storage: true;
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
  readonly subresources?: { readonly status: Readonly<Record<string, never>> };
  readonly additionalPrinterColumns: readonly PrinterColumn[];
}

const DESCRIPTIONS: Readonly<Record<KindName, string>> = {
  MetricSource: 'Where SLO data is: a Prometheus-compatible server.',
  Cluster: 'A Kubernetes cluster that holds targets.',
  Pool: 'One shared deployment that serves many tenants.',
  Tenant: 'A customer: its tier, its weight and where it is served.',
  Workload: 'What is delivered: source, per-tier settings and SLOs.',
  WavePlan: 'The order and the gates of a release.',
  Release: 'One workload going to one version along one wave plan.',
  Approval: 'A person lets a wave of exactly this plan start.',
  Freeze: 'A stop on a scope; nothing widens there while it lasts.',
  Rollback: 'A person asks for a rollback.',
  Webhook: 'Somebody outside who wants to be told how releases go.',
  PlanSlice: 'A part of a plan. Written by the daemon only.',
  WaveRun: 'What the daemon decided and saw for the targets of a wave. Written by the daemon only.',
};

/** Kinds whose spec never changes once it is written: what people did and what the daemon planned. */
const IMMUTABLE: ReadonlySet<KindName> = new Set(['Release', 'Approval', 'Freeze', 'Rollback', 'PlanSlice']);

/** Kinds with a status of their own. */
const WITH_STATUS: ReadonlySet<KindName> = new Set(['Release', 'Webhook', 'WaveRun']);

/** Plural of a kind, as in its path: `releases`. */
export function pluralOf(kind: KindName): string {
  return `${kind.toLowerCase()}s`;
}

/** The definitions of all kinds, one per kind, in a fixed order. */
export const crds = (): readonly CustomResourceDefinition[] => kindNames.map(crdOf);

function crdOf(kind: KindName): CustomResourceDefinition {
  const [group, version] = API_VERSION.split('/') as [string, string];
  const hasStatus = WITH_STATUS.has(kind);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${pluralOf(kind)}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural: pluralOf(kind),
        singular: kind.toLowerCase(),
        categories: ['tidegate'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schemaOf(kind, hasStatus) },
          ...(hasStatus ? { subresources: { status: {} } } : {}),
          additionalPrinterColumns: columnsOf(kind),
        },
      ],
    },
  };
}

function schemaOf(kind: KindName, hasStatus: boolean): StructuralSchema {
  const { spec, status } = wireSchemas[kind].shape;
  const immutable = { rule: 'self == oldSelf', message: `the spec of a ${kind} never changes: create another one` };
  return {
    description: DESCRIPTIONS[kind],
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: { ...structuralSchema(spec), ...(IMMUTABLE.has(kind) ? { 'x-kubernetes-validations': [immutable] } : {}) },
      ...(hasStatus ? { status: structuralSchema(status) } : {}),
    },
  };
}
