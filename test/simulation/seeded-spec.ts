import type { InputFile } from '../../src/config/yaml-documents.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { createRandom } from './random.ts';

/** A small fleet, a wave plan and a version, all from one seed. */
export interface SeededSpec {
  readonly seed: number;
  readonly files: readonly InputFile[];
  /** The same with the workload's Rollouts declared as somebody else's. */
  readonly adoptedFiles: readonly InputFile[];
  readonly release: KubernetesObject;
  readonly oldImage: string;
  readonly newImage: string;
  /** Tenant ids that the new version hurts; empty for a good one. */
  readonly hurt: ReadonlySet<string>;
  readonly minRequests: number;
}

const digest = (character: string) => `registry.example/app@sha256:${character.repeat(64)}`;
const apiVersion = 'tidegate.dev/v1alpha1';

/** The same seed gives the same spec. @param analysed the workload brings an AnalysisTemplate of its own */
export function seededSpec(seed: number, analysed = false): SeededSpec {
  const random = createRandom(seed);
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const business = pick(1, 2, 4);
  const enterprise = pick(1, 2);
  const tenants = [
    ...Array.from({ length: pick(2, 5) }, (_, index) => tenant(`free-${index}`, 'free', { pool: 'pool' })),
    ...Array.from({ length: business }, (_, index) =>
      tenant(`biz-${index}`, 'business', { cluster: 'shared', namespace: `biz-${index}` }),
    ),
    ...Array.from({ length: enterprise }, (_, index) =>
      tenant(`ent-${index}`, 'enterprise', { cluster: `ent-${index}`, namespace: 'app' }),
    ),
  ];
  const clusters = ['shared', ...Array.from({ length: enterprise }, (_, index) => `ent-${index}`)];
  const isGood = random() < 0.4;
  const hurtTier = pick('free', 'biz', 'ent');
  const hurt = isGood ? [] : tenants.map((one) => one.metadata.name).filter((name) => name.startsWith(hurtTier));
  const wave = (name: string, last: boolean) => ({
    name,
    select: { tier: name },
    maxConcurrency: pick<number | string>(1, 2, '100%'),
    maxFailures: 0,
    steps: pick([25], [25, 50], [10, 30, 60]),
    bake: { step: '7s', wave: '7s' },
    deadline: { target: '5m', wave: '30m' },
    analysis: { scope: pick('target', 'wave'), minRequests: 20, limit: '2m', window: '5s', interval: '1s' },
    onFailure: { rollback: last ? pick('release', 'wave') : 'release' },
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
    ...clusters.map((name) => ({
      apiVersion,
      kind: 'Cluster',
      metadata: { name },
      spec: { access: { context: name }, metrics: 'prom' },
    })),
    { apiVersion, kind: 'Pool', metadata: { name: 'pool' }, spec: { cluster: 'shared', namespace: 'pool' } },
    ...tenants,
    workload(analysed),
    {
      apiVersion,
      kind: 'WavePlan',
      metadata: { name: 'plan' },
      spec: {
        waves: [wave('free', false), wave('business', false), wave('enterprise', true)],
        rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: pick(1, 3, 50) },
      },
    },
  ];
  const release = {
    apiVersion,
    kind: 'Release',
    metadata: { name: 'app-2' },
    spec: { workload: 'app', version: { name: '2', images: { app: digest('b') } }, plan: 'plan' },
  };
  const filesOf = (all: readonly object[]) =>
    all.map((document, index) => ({ path: `${index}.yaml`, text: JSON.stringify(document) }));
  const own = documents.find((document) => document.kind === 'Workload');
  return {
    seed,
    files: filesOf(documents),
    adoptedFiles: filesOf(documents.map((document) => (document === own ? adoptedWorkload() : document))),
    release,
    oldImage: digest('a'),
    newImage: digest('b'),
    hurt: new Set(hurt),
    minRequests: 20,
  };
}

function tenant(name: string, tier: string, placement: object) {
  return { apiVersion, kind: 'Tenant', metadata: { name }, spec: { tier, weight: 1, placements: [placement] } };
}

const replicas = { free: 4, business: 2, enterprise: 3 };
const slos = [
  { name: 'availability', good: 'requests{code!~"5.."}', total: 'requests', objective: { default: '0.99' } },
];

function adoptedWorkload() {
  const existing = { rollout: 'app', containers: { app: 'app' }, replicas };
  return { apiVersion, kind: 'Workload', metadata: { name: 'app' }, spec: { source: { existing }, slos } };
}

/** Twice a second's payments of a namespace and a revision; the model answers what it knows of them. */
const analyses = [
  {
    name: 'payments',
    template: {
      args: [{ name: 'ns' }, { name: 'hash' }],
      metrics: [
        {
          name: 'share',
          interval: '1s',
          count: 2,
          failureLimit: 1,
          successCondition: 'result[0] >= 0.9',
          provider: { prometheus: { query: 'sum(paid:share2s{ns="{{args.ns}}",hash="{{args.hash}}"})' } },
        },
      ],
    },
    args: [
      { name: 'ns', value: `\${target.namespace}` },
      { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
    ],
  },
];

function workload(analysed: boolean) {
  const template = { spec: { containers: [{ name: 'app', image: digest('a') }] } };
  const generate = { template, ports: [{ name: 'http', port: 80, targetPort: 8080 }], replicas };
  return {
    apiVersion,
    kind: 'Workload',
    metadata: { name: 'app' },
    spec: { source: { generate }, slos, ...(analysed ? { analyses } : {}) },
  };
}
