import type { Inventory } from '../../../src/config/inventory.ts';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import type { InputFile } from '../../../src/config/yaml-documents.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';

/** The cluster that the lab plays. */
export const CLUSTER = 'lab';
export const WORKLOAD = 'storefront-lab';
const WAVE_PLAN = 'hasty';

/** Image of a version, by one hexadecimal digit. */
export function imageOf(digit: string): string {
  return `registry.example/storefront@sha256:${digit.repeat(64)}`;
}

/** A release of the fleet's workload, as people write it. */
export function releaseObject(name: string, namespace: string, digit: string): KubernetesObject {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Release',
    metadata: { name, namespace },
    spec: { workload: WORKLOAD, version: { name, images: { app: imageOf(digit) } }, plan: WAVE_PLAN },
  };
}

/** Seven targets of eight tenants in three tiers, all in one cluster; namespaces carry the prefix. */
export function fleetFile(prefix: string): InputFile {
  const pools = ['eu', 'us'];
  const tenants: readonly (readonly [string, string])[] = [
    ...['alder', 'birch', 'cedar'].map(
      (name, index) => [name, `free, placements: [{ pool: ${pools[index % 2]} }]`] as const,
    ),
    ...['globex', 'hooli', 'stark'].map(
      (name) => [name, `business, placements: [${placement(prefix, name)}]`] as const,
    ),
    ...['acme', 'umbrella'].map((name) => [name, `enterprise, placements: [${placement(prefix, name)}]`] as const),
  ];
  const documents = [
    document(
      'MetricSource',
      'model',
      '{ url: http://127.0.0.1:9, scrapeInterval: 1s, labels: { tenant: tenant_id, revision: { label: rollouts_pod_template_hash } } }',
    ),
    document('Cluster', CLUSTER, `{ access: { context: ${CLUSTER} }, metrics: model }`),
    ...pools.map((pool) => document('Pool', pool, `{ cluster: ${CLUSTER}, namespace: ${prefix}-pool-${pool} }`)),
    ...tenants.map(([name, rest]) => document('Tenant', name, `{ id: id-${name}, weight: 10, tier: ${rest} }`)),
    document('WavePlan', WAVE_PLAN, wavePlanSpec()),
    document('Workload', WORKLOAD, workloadSpec()),
  ];
  return { path: 'lab-fleet.yaml', text: documents.join('---\n') };
}

/** The fleet, and a release with the version that it starts with. */
export function loadFleet(prefix: string): Inventory {
  return loadInventory([fleetFile(prefix)]);
}

function placement(prefix: string, name: string): string {
  return `{ cluster: ${CLUSTER}, namespace: ${prefix}-${name} }`;
}

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: tidegate.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

function wavePlanSpec(): string {
  const settings = `maxConcurrency: 100%, steps: [50], bake: { step: 4s, wave: 4s }, deadline: { target: 3m, wave: 5m },
    analysis: { scope: target, minRequests: 40, limit: 1m, window: 2s, interval: 1s }, onFailure: { rollback: release }`;
  const waves = ['free', 'business', 'enterprise'].map(
    (tier) => `{ name: ${tier}, select: { tier: ${tier} }, ${settings} }`,
  );
  return `{ waves: [${waves.join(', ')}], rollback: { order: [enterprise, business, free], maxConcurrency: 50 } }`;
}

function workloadSpec(): string {
  return `{ source: { generate: {
      replicas: { free: 4, business: 2, enterprise: 3 }, ports: [{ name: http, port: 80, targetPort: http }],
      template: { spec: { containers: [{ name: app, image: "${imageOf('0')}", ports: [{ name: http, containerPort: 8080 }],
        resources: { requests: { cpu: 0.01, memory: 1024Ki } } }] } } } },
    slos: [{ name: availability, good: 'http_requests_total{code!~"5.."}', total: http_requests_total,
      objective: { free: "0.990", business: "0.995", enterprise: "0.999" } }] }`;
}
