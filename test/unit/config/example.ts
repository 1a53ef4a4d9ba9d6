import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InputFile } from '../../../src/config/yaml-documents.ts';

/** A small inventory without a mistake; each part can be replaced by one with a mistake. */
export const good = {
  source: `apiVersion: tidegate.dev/v1alpha1
kind: MetricSource
metadata: { name: prom }
spec: { url: http://prom:9090/, labels: { tenant: tenant_id } }
`,
  cluster: `apiVersion: tidegate.dev/v1alpha1
kind: Cluster
metadata: { name: shared }
spec: { access: { context: shared }, metrics: prom }
`,
  pool: `apiVersion: tidegate.dev/v1alpha1
kind: Pool
metadata: { name: free-eu }
spec: { cluster: shared, namespace: pool-free }
`,
  tenant: `apiVersion: tidegate.dev/v1alpha1
kind: Tenant
metadata: { name: acme, labels: { region: eu } }
spec:
  tier: free
  placements:
  - pool: free-eu
`,
  workload: `apiVersion: tidegate.dev/v1alpha1
kind: Workload
metadata: { name: storefront }
spec:
  source:
    generate:
      replicas: { free: 2 }
      template:
        spec:
          containers:
          - name: app
  slos:
  - name: availability
    good: good
    total: all
    objective: { free: "0.990" }
`,
  plan: `apiVersion: tidegate.dev/v1alpha1
kind: WavePlan
metadata: { name: tiers }
spec:
  waves:
  - name: free
    select: { tier: free }
    steps: [10, 50]
  rollback: { order: [free] }
`,
  release: `apiVersion: tidegate.dev/v1alpha1
kind: Release
metadata: { name: v2 }
spec:
  workload: storefront
  plan: tiers
  version:
    name: "2"
    images:
      app: registry.example/app@sha256:${'a'.repeat(64)}
`,
} as const;

/** The name of a part. */
export type Part = keyof typeof good;

/** One file per part, `PART.yaml`, some replaced. */
export function files(changed: Partial<Record<Part, string>> = {}): readonly InputFile[] {
  return Object.entries({ ...good, ...changed }).map(([part, text]) => ({ path: `${part}.yaml`, text }));
}

/** The files of the worked example. */
export function exampleFiles(): readonly InputFile[] {
  const names = ['fleet', 'storefront', 'saas-tiers', 'quick'];
  const releases = ['4.12.0', '4.13.0', '4.14.0'].map((version) => `releases/storefront-${version}`);
  return [...names, ...releases].map((name) => ({
    path: `waves/${name}.yaml`,
    text: readFileSync(fileURLToPath(new URL(`../../../waves/${name}.yaml`, import.meta.url)), 'utf8'),
  }));
}
