import type {
  Cluster,
  ClusterAccess,
  MetricSourceSpec,
  Placement,
  Pool,
  RevisionLabel,
  Tenant,
} from '../../domain/fleet.ts';
import { parseInstant } from '../../domain/time.ts';
import type { WireDocument } from '../wire/kinds.ts';
import { durationMs } from './duration.ts';

/** Namespace of an object that does not say. */
const DEFAULT_NAMESPACE = 'default';

/** A MetricSource document as the domain knows it. */
export function parseMetricSource({ metadata, spec }: WireDocument<'MetricSource'>): MetricSourceSpec {
  return {
    name: metadata.name,
    url: spec.url.replace(/\/+$/, ''),
    auth: spec.auth === undefined ? { kind: 'none' } : secretOf(spec.auth.secretRef, metadata.namespace),
    headers: spec.headers,
    matchers: spec.matchers,
    tenantLabel: spec.labels.tenant,
    revision: revisionOf(spec.labels.revision),
    scrapeIntervalMs: durationMs(spec.scrapeInterval),
  };
}

function secretOf(
  secret: { readonly name: string; readonly namespace?: string | undefined },
  namespace: string | undefined,
) {
  return {
    kind: 'secretRef',
    namespace: secret.namespace ?? namespace ?? DEFAULT_NAMESPACE,
    name: secret.name,
  } as const;
}

/** Where kubelets, cAdvisor and the usual relabelling put the name of a pod. */
const POD_LABEL = 'pod';

function revisionOf(
  revision: { readonly label?: string | undefined; readonly podName?: true | undefined } | undefined,
): RevisionLabel {
  if (revision?.podName === true) return { kind: 'podName', label: POD_LABEL };
  return revision?.label === undefined ? { kind: 'none' } : { kind: 'label', label: revision.label };
}

/** A Cluster document as the domain knows it. */
export function parseCluster({ metadata, spec }: WireDocument<'Cluster'>): Cluster {
  return { name: metadata.name, access: accessOf(spec.access, metadata.namespace), metrics: spec.metrics };
}

function accessOf(access: WireDocument<'Cluster'>['spec']['access'], namespace: string | undefined): ClusterAccess {
  if (access.context !== undefined) return { kind: 'context', context: access.context };
  if (access.secretRef !== undefined) return secretOf(access.secretRef, namespace);
  return { kind: 'inCluster' };
}

/** A Pool document as the domain knows it. */
export function parsePool({ metadata, spec }: WireDocument<'Pool'>): Pool {
  return { name: metadata.name, cluster: spec.cluster, namespace: spec.namespace };
}

/** A Tenant document as the domain knows it. */
export function parseTenant({ metadata, spec }: WireDocument<'Tenant'>): Tenant {
  return {
    name: metadata.name,
    id: spec.id ?? metadata.name,
    tier: spec.tier,
    weight: spec.weight,
    labels: metadata.labels ?? {},
    placements: spec.placements.map(placementOf),
    hold:
      spec.hold === undefined
        ? null
        : { version: spec.hold.version, reason: spec.hold.reason, until: instantOrNull(spec.hold.until) },
  };
}

/** The instant of a text that the wire schema let through; `null` when there is none. */
export function instantOrNull(text: string | undefined) {
  return text === undefined ? null : parseInstant(text);
}

function placementOf(placement: WireDocument<'Tenant'>['spec']['placements'][number]): Placement {
  const workloads = placement.workloads === undefined ? null : [...placement.workloads].sort();
  if (placement.pool !== undefined) return { kind: 'pool', pool: placement.pool, workloads };
  return { kind: 'dedicated', cluster: placement.cluster!, namespace: placement.namespace!, workloads };
}
