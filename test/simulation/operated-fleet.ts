import type { InputFile } from '../../src/config/yaml-documents.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

const apiVersion = 'tidegate.dev/v1alpha1';
const image = (character: string) => `registry.example/app@sha256:${character.repeat(64)}`;

/** A fleet of one pool, two business namespaces beside it and one enterprise cluster, with what a scenario changes of it. */
export interface OperatedFleet {
  /** Changes of every wave. */
  readonly wave: Readonly<Record<string, unknown>>;
  /** Changes of one wave by its name. */
  readonly waves: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly replicas: Readonly<Record<string, number>>;
}

export interface OperatedFiles {
  readonly files: readonly InputFile[];
  image(character: string): string;
  release(name: string, character: string): KubernetesObject;
}

/** The documents of the fleet. */
export function operatedFleet({ wave = {}, waves = {}, replicas }: Partial<OperatedFleet>): OperatedFiles {
  const waveOf = (name: string) => ({
    name,
    select: { tier: name },
    maxConcurrency: 2,
    maxFailures: 0,
    steps: [25, 50],
    bake: { step: '7s', wave: '7s' },
    deadline: { target: '2m', wave: '10m' },
    analysis: { scope: 'target', minRequests: 20, limit: '1m', window: '5s', interval: '1s' },
    onFailure: { rollback: 'release' },
    ...wave,
    ...waves[name],
  });
  const documents = [
    {
      apiVersion,
      kind: 'MetricSource',
      metadata: { name: 'prom' },
      spec: {
        url: 'http://127.0.0.1:9',
        scrapeInterval: '1s',
        matchers: { cluster: `\${cluster.name}` },
        labels: { tenant: 'tenant_id', revision: { label: 'hash' } },
      },
    },
    ...['shared', 'ent'].map((name) => ({
      apiVersion,
      kind: 'Cluster',
      metadata: { name },
      spec: { access: { context: name }, metrics: 'prom' },
    })),
    { apiVersion, kind: 'Pool', metadata: { name: 'pool' }, spec: { cluster: 'shared', namespace: 'pool' } },
    tenant('free-0', 'free', { pool: 'pool' }),
    tenant('free-1', 'free', { pool: 'pool' }),
    tenant('biz-0', 'business', { cluster: 'shared', namespace: 'biz-0' }),
    tenant('biz-1', 'business', { cluster: 'shared', namespace: 'biz-1' }),
    tenant('ent-0', 'enterprise', { cluster: 'ent', namespace: 'app' }),
    workload(replicas ?? { free: 4, business: 2, enterprise: 3 }),
    {
      apiVersion,
      kind: 'WavePlan',
      metadata: { name: 'plan' },
      spec: {
        waves: ['free', 'business', 'enterprise'].map(waveOf),
        rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: 50 },
      },
    },
  ];
  return {
    files: documents.map((document, index) => ({ path: `${index}.yaml`, text: JSON.stringify(document) })),
    image,
    release: (name, character) => ({
      apiVersion,
      kind: 'Release',
      metadata: { name },
      spec: { workload: 'app', version: { name: character, images: { app: image(character) } }, plan: 'plan' },
    }),
  };
}

function tenant(name: string, tier: string, placement: object) {
  return { apiVersion, kind: 'Tenant', metadata: { name }, spec: { tier, weight: 1, placements: [placement] } };
}

function workload(replicas: Readonly<Record<string, number>>) {
  const template = { spec: { containers: [{ name: 'app', image: image('a') }] } };
  return {
    apiVersion,
    kind: 'Workload',
    metadata: { name: 'app' },
    spec: {
      source: { generate: { template, ports: [{ name: 'http', port: 80, targetPort: 8080 }], replicas } },
      slos: [
        { name: 'availability', good: 'requests{code!~"5.."}', total: 'requests', objective: { default: '0.99' } },
      ],
    },
  };
}
