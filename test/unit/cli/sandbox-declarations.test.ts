import { describe, expect, it } from 'vitest';
import { readFiles } from '../../../src/adapters/files/read-files.ts';
import { asInSandbox } from '../../../src/cli/sandbox-declarations.ts';
import { readYamlDocuments } from '../../../src/config/yaml-documents.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';

const URL = 'http://127.0.0.1:9090';
const object = (kind: string, spec: object) =>
  ({ apiVersion: 'tidegate.dev/v1alpha1', kind, metadata: { name: 'eu' }, spec }) satisfies KubernetesObject;

describe('a declaration in the sandbox', () => {
  it.each([
    [
      'a cluster is a context of its own name',
      object('Cluster', { access: { secretRef: { name: 'x' } }, metrics: 'p' }),
      { access: { context: 'eu' }, metrics: 'p' },
    ],
    [
      'a source is the sandbox’s Prometheus, without credentials',
      object('MetricSource', { url: 'https://prom', auth: { secretRef: { name: 'x' } }, labels: { tenant: 'org' } }),
      {
        url: URL,
        scrapeInterval: '1s',
        matchers: { cluster: '${cluster.name}' },
        labels: { tenant: 'tenant_id', revision: { label: 'rollouts_pod_template_hash' } },
      },
    ],
    [
      'anything else is as its file says',
      object('Pool', { cluster: 'eu', namespace: 'a' }),
      { cluster: 'eu', namespace: 'a' },
    ],
  ])('%s', (_, given, spec) => {
    expect(asInSandbox(given, URL)['spec']).toEqual(spec);
  });

  it('keeps sources where nothing is measured', () => {
    const source = object('MetricSource', { url: 'https://prom', labels: { tenant: 'org' } });
    expect(asInSandbox(source, null)).toBe(source);
  });

  it('of the example is what its files say, so that they may be applied again', async () => {
    const files = await readFiles(['waves/fleet.yaml']);
    const declared = files
      .flatMap((file) => readYamlDocuments(file).documents)
      .map(({ value }) => value as KubernetesObject);
    expect(declared.length).toBeGreaterThan(40);
    for (const one of declared) expect(asInSandbox(one, URL)).toEqual(one);
  });
});
