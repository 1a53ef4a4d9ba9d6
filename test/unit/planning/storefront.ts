import type { Cluster, Fleet, MetricSourceSpec, Placement, Pool, Tenant } from '../../../src/domain/fleet.ts';
import type { Plan, PlanFinding } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';
import type { ReleaseSpec, Selector, Wave, WavePlan } from '../../../src/domain/wave-plan.ts';
import type { GeneratedWorkload } from '../../../src/domain/workload.ts';
import { type PlanInput, plan } from '../../../src/planning/plan.ts';

/** A small SaaS: a free pool, three business namespaces, two enterprise clusters. Tests change one thing of it at a time. */

export const NOW = instant(Date.parse('2026-11-23T08:00:00Z'));
export const IMAGE = `registry.example/storefront@sha256:${'a1'.repeat(32)}`;

const everyone: Selector = { tiers: null, labels: {}, not: null, rest: false };

export function selector(parts: Partial<Selector>): Selector {
  return { ...everyone, ...parts };
}

export function tenant(name: string, parts: Partial<Tenant> = {}): Tenant {
  return { name, id: `T-${name}`, tier: 'free', weight: 1, labels: {}, placements: [], hold: null, ...parts };
}

export function inPool(pool: string): Placement {
  return { kind: 'pool', pool, workloads: null };
}

export function ownNamespace(cluster: string, namespace: string): Placement {
  return { kind: 'dedicated', cluster, namespace, workloads: null };
}

export function cluster(name: string, metrics = 'prom-eu'): Cluster {
  return { name, access: { kind: 'context', context: name }, metrics };
}

export const source: MetricSourceSpec = {
  name: 'prom-eu',
  url: 'http://prom.eu:9090',
  auth: { kind: 'none' },
  headers: {},
  matchers: { cluster: '${cluster.name}' },
  tenantLabel: 'tenant_id',
  revision: { kind: 'label', label: 'rollouts_pod_template_hash' },
  scrapeIntervalMs: 15_000,
};

const freeEu: Pool = { name: 'free-eu', cluster: 'shared-eu', namespace: 'pool-free' };

export const fleet: Fleet = {
  clusters: [cluster('acme-prod'), cluster('shared-eu'), cluster('umbrella-prod')],
  metricSources: [source],
  pools: [freeEu],
  tenants: [
    tenant('acme', { tier: 'enterprise', weight: 5200, placements: [ownNamespace('acme-prod', 'storefront')] }),
    tenant('ada', { placements: [inPool('free-eu')], weight: 3 }),
    tenant('bob', { placements: [inPool('free-eu')], weight: 2 }),
    tenant('globex', { tier: 'business', weight: 300, placements: [ownNamespace('shared-eu', 'globex')] }),
    tenant('hooli', { tier: 'business', weight: 120, placements: [ownNamespace('shared-eu', 'hooli')] }),
    tenant('initech', { tier: 'business', weight: 80, placements: [ownNamespace('shared-eu', 'initech')] }),
    tenant('umbrella', {
      tier: 'enterprise',
      weight: 900,
      placements: [ownNamespace('umbrella-prod', 'storefront')],
      hold: { version: '4.11', reason: 'contract freeze', until: instant(Date.parse('2026-12-31T00:00:00Z')) },
    }),
  ],
};

export const workload: GeneratedWorkload = {
  name: 'storefront',
  source: {
    kind: 'generate',
    template: {
      metadata: { labels: { team: 'shop' } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'registry.example/storefront',
            ports: [{ name: 'http', containerPort: 8080 }],
            env: [{ name: 'NAMESPACE', value: '${target.namespace}' }],
            envFrom: [{ configMapRef: { name: 'storefront-flags' } }],
          },
        ],
      },
    },
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    replicas: { free: 10, business: 2, enterprise: 4 },
    tiers: { enterprise: { priorityClassName: 'enterprise' } },
    progressDeadlineSeconds: 600,
  },
  analyses: [],
  slos: [
    {
      kind: 'ratio',
      name: 'availability',
      good: 'http_requests_total{code!~"5.."}',
      total: 'http_requests_total',
      objective: { free: 0.99, business: 0.995, enterprise: 0.999 },
    },
    {
      kind: 'latency',
      name: 'latency',
      histogram: 'http_request_duration_seconds',
      belowSeconds: { free: 1, business: 0.5, enterprise: 0.3 },
      objective: { default: 0.95 },
    },
  ],
};

export function wave(name: string, parts: Partial<Wave> = {}): Wave {
  return {
    name,
    select: selector({ tiers: [name] }),
    maxConcurrency: { kind: 'count', count: 4 },
    maxFailures: { kind: 'count', count: 0 },
    steps: [10, 25, 50],
    bakeStepMs: 300_000,
    bakeWaveMs: 900_000,
    targetDeadlineMs: 1_800_000,
    waveDeadlineMs: 14_400_000,
    analysis: {
      scope: 'wave',
      minRequests: 500,
      onInsufficient: 'wait',
      limitMs: 1_800_000,
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the domain; never awaited
      then: 'ask',
      windowMs: 120_000,
      intervalMs: 30_000,
    },
    requiredApprovals: 0,
    windows: [],
    onFailure: 'wave',
    ...parts,
  };
}

export const wavePlan: WavePlan = {
  name: 'saas-tiers',
  waves: [
    wave('free'),
    wave('business', { maxConcurrency: { kind: 'percent', percent: 50 } }),
    wave('enterprise', {
      maxConcurrency: { kind: 'count', count: 1 },
      requiredApprovals: 1,
      onFailure: 'release',
      windows: [{ days: ['Mon', 'Tue', 'Wed', 'Thu'], from: '10:00', to: '16:00', timezone: 'Europe/Berlin' }],
    }),
  ],
  rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: 50 },
};

export const release: ReleaseSpec = {
  name: 'storefront-4.12.0',
  workload: 'storefront',
  wavePlan: 'saas-tiers',
  version: { name: '4.12.0', images: { app: IMAGE } },
  scope: null,
};

export const input: PlanInput = { fleet, workload, wavePlan, release, now: NOW };

/** The plan of an input that must be accepted. */
export function planned(parts: Partial<PlanInput> = {}): Plan {
  const result = plan({ ...input, ...parts });
  if (result.kind === 'refused') throw new Error(`refused: ${JSON.stringify(result.findings, null, 1)}`);
  return result.plan;
}

/** The errors of an input that must be refused, as `Reason subject`. */
export function refusal(parts: Partial<PlanInput>): readonly string[] {
  const result = plan({ ...input, ...parts });
  if (result.kind === 'planned') throw new Error('planned, although it should have been refused');
  return result.findings.filter(({ severity }) => severity === 'error').map(brief);
}

/** `Reason subject` */
export function brief(finding: PlanFinding): string {
  return `${finding.reason} ${finding.subject}`;
}

/** The fleet with some tenants changed or added. */
export function fleetWith(...tenants: readonly Tenant[]): Fleet {
  const changed = new Set(tenants.map(({ name }) => name));
  return { ...fleet, tenants: [...fleet.tenants.filter(({ name }) => !changed.has(name)), ...tenants] };
}
