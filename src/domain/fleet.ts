import type { Instant } from './time.ts';

/** Where the daemon finds a cluster's API. */
export type ClusterAccess =
  | { readonly kind: 'context'; readonly context: string }
  | { readonly kind: 'secretRef'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'inCluster' };

/** A Kubernetes cluster that holds targets. */
export interface Cluster {
  readonly name: string;
  readonly access: ClusterAccess;
  /** Name of the MetricSource that has its tenants' SLO data. */
  readonly metrics: string;
}

/** How a source's series tell which revision served a request. */
export type RevisionLabel =
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'podName'; readonly label: string }
  | { readonly kind: 'none' };

/** Credentials for a MetricSource, read from the hub at run time. */
export type MetricSourceAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'secretRef'; readonly namespace: string; readonly name: string };

/** A Prometheus-compatible server. Queries are grouped per source, not per cluster. */
export interface MetricSourceSpec {
  readonly name: string;
  readonly url: string;
  readonly auth: MetricSourceAuth;
  readonly headers: Readonly<Record<string, string>>;
  /** Added to every selector; a value may contain `${cluster.name}`. */
  readonly matchers: Readonly<Record<string, string>>;
  readonly tenantLabel: string;
  readonly revision: RevisionLabel;
  /** How often the source scrapes. @default 15 000 */
  readonly scrapeIntervalMs: number;
}

/** One shared deployment that serves many tenants. */
export interface Pool {
  readonly name: string;
  readonly cluster: string;
  readonly namespace: string;
}

/** Where a tenant is served. `workloads` narrows it; `null` means every workload. */
export type Placement =
  | { readonly kind: 'pool'; readonly pool: string; readonly workloads: readonly string[] | null }
  | {
      readonly kind: 'dedicated';
      readonly cluster: string;
      readonly namespace: string;
      readonly workloads: readonly string[] | null;
    };

/** A tenant pinned to the version it has. `until: null` holds until it is lifted. */
export interface Hold {
  readonly version: string;
  readonly reason: string;
  readonly until: Instant | null;
}

/** A customer. */
export interface Tenant {
  readonly name: string;
  /** Its value of the source's tenant label. @default the name */
  readonly id: string;
  readonly tier: string;
  /** Seats, revenue: whatever exposure is weighed by. @default 1 */
  readonly weight: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly placements: readonly Placement[];
  readonly hold: Hold | null;
}

/** Everything that can be released to. Each list is sorted by name and has unique names. */
export interface Fleet {
  readonly clusters: readonly Cluster[];
  readonly metricSources: readonly MetricSourceSpec[];
  readonly pools: readonly Pool[];
  readonly tenants: readonly Tenant[];
}
