import { fleetName } from './fleet-name.ts';

/** What a measured fleet is made of. */
export interface FleetShape {
  readonly freeTenants: number;
  readonly pools: number;
  /** Each in a namespace of its own. */
  readonly businessTenants: number;
  /** Shared by pools and business namespaces. */
  readonly sharedClusters: number;
  /** Each in a cluster of its own. */
  readonly enterpriseTenants: number;
  /** Settings of every wave beyond name and selector. */
  readonly wave: Readonly<Record<string, unknown>>;
  readonly rollbackConcurrency: number;
  readonly slos: readonly object[];
  /** @default '1s' */
  readonly scrapeInterval?: string;
}

/** A document of ours as people write it. */
export interface FleetObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A share of answers that are no server errors. */
export const availability = {
  name: 'availability',
  good: 'http_requests_total{code!~"5.."}',
  total: 'http_requests_total',
  objective: { default: '0.99' },
};

/** A share of answers within half a second. */
export const latency = {
  name: 'latency',
  histogram: 'http_request_duration_seconds',
  below: { default: '500ms' },
  objective: { default: '0.95' },
};

/** Image of a version, by one hexadecimal digit. */
export function imageOf(version: string): string {
  return `registry.example/app@sha256:${version.repeat(64)}`;
}

/** Everything that people declare for such a fleet, releases apart. */
export function fleetObjects(shape: FleetShape): readonly FleetObject[] {
  const shared = range(shape.sharedClusters).map((index) => fleetName('shared', index));
  const enterprise = range(shape.enterpriseTenants).map((index) => fleetName('ent', index));
  const sharedOf = (index: number) => shared[index % shared.length]!;
  return [
    document('MetricSource', 'prom', {
      url: 'http://127.0.0.1:9',
      scrapeInterval: shape.scrapeInterval ?? '1s',
      matchers: { cluster: '${cluster.name}' },
      labels: { tenant: 'tenant_id', revision: { label: 'rollouts_pod_template_hash' } },
    }),
    ...[...shared, ...enterprise].map((name) =>
      document('Cluster', name, { access: { context: name }, metrics: 'prom' }),
    ),
    ...range(shape.pools).map((index) => {
      const name = fleetName('pool', index);
      return document('Pool', name, { cluster: sharedOf(index), namespace: name });
    }),
    ...range(shape.freeTenants).map((index) =>
      tenant('free', 'free', index, { pool: fleetName('pool', index % shape.pools) }),
    ),
    ...range(shape.businessTenants).map((index) =>
      tenant('business', 'biz', index, { cluster: sharedOf(index), namespace: fleetName('biz', index) }),
    ),
    ...range(shape.enterpriseTenants).map((index) =>
      tenant('enterprise', 'ent', index, { cluster: fleetName('ent', index), namespace: 'app' }),
    ),
    workload(shape.slos),
    document('WavePlan', 'plan', {
      waves: ['free', 'business', 'enterprise'].map((name) => ({ name, select: { tier: name }, ...shape.wave })),
      rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: shape.rollbackConcurrency },
    }),
  ];
}

/** A release of the fleet's workload. */
export function releaseObject(name: string, version: string): FleetObject {
  return document('Release', name, {
    workload: 'app',
    version: { name: version, images: { app: imageOf(version) } },
    plan: 'plan',
  });
}

function document(kind: string, name: string, spec: Readonly<Record<string, unknown>>): FleetObject {
  return { apiVersion: 'tidegate.dev/v1alpha1', kind, metadata: { name }, spec };
}

function tenant(tier: string, prefix: string, index: number, placement: object): FleetObject {
  return document('Tenant', fleetName(prefix, index), { tier, weight: 1 + (index % 7), placements: [placement] });
}

function workload(slos: readonly object[]): FleetObject {
  const container = { name: 'app', image: imageOf('a'), ports: [{ name: 'http', containerPort: 8080 }] };
  return document('Workload', 'app', {
    source: {
      generate: {
        template: { spec: { containers: [container] } },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
        replicas: { free: 8, business: 2, enterprise: 4 },
      },
    },
    slos,
  });
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
