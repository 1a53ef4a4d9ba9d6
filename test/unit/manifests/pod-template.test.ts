import { describe, expect, it } from 'vitest';
import type { GeneratedWorkload, JsonObject } from '../../../src/domain/workload.ts';
import { configReferences } from '../../../src/manifests/config-references.ts';
import { containersOf, podTemplate } from '../../../src/manifests/pod-template.ts';
import { IMAGE, release, workload } from '../planning/storefront.ts';

function withTemplate(template: JsonObject, tiers: GeneratedWorkload['source']['tiers'] = {}): GeneratedWorkload {
  return { ...workload, source: { ...workload.source, template, tiers } };
}

describe('podTemplate', () => {
  it('replaces the images of named containers, init containers too, and no other', () => {
    const spec = {
      containers: [
        { name: 'app', image: 'old' },
        { name: 'proxy', image: 'proxy@sha256:1' },
      ],
      initContainers: [{ name: 'migrate', image: 'old' }],
    };
    const images = { app: 'new', migrate: 'newer' };
    expect(containersOf(podTemplate(withTemplate({ spec }), 'free', { name: '5', images }))).toEqual([
      { name: 'migrate', image: 'newer' },
      { name: 'app', image: 'new' },
      { name: 'proxy', image: 'proxy@sha256:1' },
    ]);
  });

  it('lays the fields of a tier over the pod spec, the default over other tiers', () => {
    const template = { spec: { containers: [], priorityClassName: 'low', nodeSelector: { a: 'b' } } };
    const tiered = withTemplate(template, {
      enterprise: { priorityClassName: 'high' },
      default: { nodeSelector: { c: 'd' } },
    });
    const specOf = (tier: string) => podTemplate(tiered, tier, release.version)['spec'];
    expect(specOf('enterprise')).toEqual({ containers: [], priorityClassName: 'high', nodeSelector: { a: 'b' } });
    expect(specOf('free')).toEqual({ containers: [], priorityClassName: 'low', nodeSelector: { c: 'd' } });
  });

  it('pins the image that a tier brings with it as well', () => {
    const tiers = { enterprise: { containers: [{ name: 'app', image: 'other' }] } };
    const template = podTemplate(withTemplate({ spec: { containers: [] } }, tiers), 'enterprise', release.version);
    expect(containersOf(template)).toEqual([{ name: 'app', image: IMAGE }]);
  });

  it('has selector and version labels and keeps those of the user', () => {
    expect(podTemplate(workload, 'free', release.version)['metadata']).toEqual({
      labels: { team: 'shop', 'app.kubernetes.io/name': 'storefront', 'app.kubernetes.io/version': '4.12.0' },
    });
  });
});

describe('configReferences', () => {
  it('finds every way in which a pod names configuration, each once', () => {
    const template = {
      spec: {
        containers: [
          {
            name: 'app',
            env: [
              { name: 'A', valueFrom: { configMapKeyRef: { name: 'keys', key: 'a' } } },
              { name: 'B', valueFrom: { secretKeyRef: { name: 'token', key: 'b' } } },
            ],
            envFrom: [
              { configMapRef: { name: 'flags' } },
              { secretRef: { name: 'env' } },
              { configMapRef: { name: 'flags' } },
            ],
          },
        ],
        volumes: [
          { name: 'v', configMap: { name: 'files' } },
          { name: 'w', secret: { secretName: 'cert' } },
          { name: 'x', projected: { sources: [{ configMap: { name: 'part' } }, { secret: { name: 'key' } }] } },
          { name: 'y', emptyDir: {} },
        ],
      },
    };
    expect(configReferences(template).map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'ConfigMap/files',
      'ConfigMap/flags',
      'ConfigMap/keys',
      'ConfigMap/part',
      'Secret/cert',
      'Secret/env',
      'Secret/key',
      'Secret/token',
    ]);
  });
});
