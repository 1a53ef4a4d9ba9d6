import type { InputFile } from '../../../src/config/yaml-documents.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { MeasuredRow, MetricSource } from '../../../src/ports/metric-source.ts';

/** The cluster that the lab plays. */
export const CLUSTER = 'lab';
export const ROLLOUT = 'web';
export const WORKLOAD = 'shop';

/** Tenants, and who made their Rollouts. */
export const TENANTS = ['kubectl', 'argocd', 'helm'] as const;
export type Maker = (typeof TENANTS)[number];

/** The bad version hurts those who come second: by then it is promoted at the first. */
const TIERS: Readonly<Record<Maker, string>> = { kubectl: 'free', helm: 'free', argocd: 'business' };

/** Image of a version, by one hexadecimal digit. */
export const imageOf = (digit: string): string => `registry.example/shop@sha256:${digit.repeat(64)}`;
/** The version that gives bad answers. */
export const BAD = imageOf('b');

/** Each maker has steps of another kind. */
const STEPS: Readonly<Record<Maker, readonly JsonObject[] | null>> = {
  kubectl: [{ setWeight: 20 }, { pause: { duration: '1s' } }],
  argocd: [{ setWeight: 10 }, { pause: { duration: 1 } }, { setWeight: 60 }],
  helm: null,
};

/** A Rollout as its maker writes it: quantities as people write them, a second container, fields of its own. */
export function foreignRollout(maker: Maker, namespace: string, env = '1'): KubernetesObject {
  const steps = STEPS[maker];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: ROLLOUT, namespace, labels: { 'app.kubernetes.io/managed-by': maker } },
    spec: {
      replicas: 3,
      revisionHistoryLimit: 4,
      selector: { matchLabels: { app: ROLLOUT } },
      template: podTemplate(env),
      strategy: { canary: { maxSurge: '34%', maxUnavailable: 0, ...(steps === null ? {} : { steps }) } },
    },
  };
}

/** The pod template of all of them. */
export function podTemplate(env: string): JsonObject {
  return {
    metadata: { labels: { app: ROLLOUT } },
    spec: {
      containers: [
        { name: 'side', image: 'side:v1' },
        {
          name: 'app',
          image: imageOf('0'),
          env: [{ name: 'A', value: env }],
          ports: [{ containerPort: 8080 }],
          resources: { requests: { cpu: '0.01', memory: '1024Ki' } },
        },
      ],
    },
  };
}

/** The hub's documents: one workload of Rollouts that others made, a tenant in each namespace. */
export function fleetFile(namespaceOf: (maker: Maker) => string): InputFile {
  const settings = `maxConcurrency: 100%, steps: [34], bake: { step: 4s, wave: 4s }, deadline: { target: 3m, wave: 5m },
    analysis: { scope: target, minRequests: 40, limit: 1m, window: 2s, interval: 1s }, onFailure: { rollback: release }`;
  const waves = ['free', 'business'].map((tier) => `{ name: ${tier}, select: { tier: ${tier} }, ${settings} }`);
  const documents = [
    document(
      'MetricSource',
      'model',
      '{ url: http://127.0.0.1:9, scrapeInterval: 1s, labels: { tenant: tenant_id, revision: { podName: true } } }',
    ),
    document('Cluster', CLUSTER, `{ access: { context: ${CLUSTER} }, metrics: model }`),
    ...TENANTS.map((maker) =>
      document(
        'Tenant',
        maker,
        `{ tier: ${TIERS[maker]}, placements: [{ cluster: ${CLUSTER}, namespace: ${namespaceOf(maker)} }] }`,
      ),
    ),
    document(
      'WavePlan',
      'quick',
      `{ waves: [${waves.join(', ')}], rollback: { order: [business, free], maxConcurrency: 50 } }`,
    ),
    document(
      'Workload',
      WORKLOAD,
      `{ source: { existing: { rollout: ${ROLLOUT}, containers: { app: app }, replicas: { default: 3 } } },
        slos: [{ name: availability, good: good, total: total, objective: { default: "0.99" } }] }`,
    ),
  ];
  return { path: 'foreign-fleet.yaml', text: documents.join('---\n') };
}

/** A release, as people write it. */
export function releaseObject(name: string, namespace: string, digit: string): KubernetesObject {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Release',
    metadata: { name, namespace },
    spec: { workload: WORKLOAD, version: { name, images: { app: imageOf(digit) } }, plan: 'quick' },
  };
}

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: tidegate.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

const REQUESTS = 1_000;
const BAD_RATIO = 0.3;

function isHurt(maker: Maker, set: KubernetesObject): boolean {
  return TIERS[maker] === 'business' && JSON.stringify(set['spec']).includes(BAD);
}

/** Traffic to whatever has ready pods; the bad version fails a part of it for some. */
export function modelSource(api: KubernetesApi, namespaceOf: (maker: Maker) => string): MetricSource {
  return {
    name: 'model',
    async measure({ rows }) {
      const { items } = await api.list(kinds.replicaSet, { namespace: null });
      return rows.flatMap(({ cluster, tenantId }): MeasuredRow[] =>
        items
          .filter(({ metadata }) => metadata.namespace === namespaceOf(tenantId as Maker))
          .filter((set) => ((set['status'] as { readyReplicas?: number }).readyReplicas ?? 0) > 0)
          .map((set) => ({
            cluster,
            tenantId,
            revision: set.metadata.labels?.['rollouts-pod-template-hash'] ?? '',
            total: REQUESTS,
            good: isHurt(tenantId as Maker, set) ? REQUESTS * (1 - BAD_RATIO) : REQUESTS,
            seen: null,
          })),
      );
    },
  };
}
