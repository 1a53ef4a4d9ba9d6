import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { digestOfTemplate } from '../../../src/release/template-digest.ts';

const templateOf = (container: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'app', ...container }] } });
const requests = (amounts: JsonObject): JsonObject => ({ resources: { requests: amounts } });
const mount = (parts: JsonObject): JsonObject => ({ volumeMounts: [{ name: 'a', mountPath: '/a', ...parts }] });
const divisor = (parts: JsonObject): JsonObject => ({
  env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.memory', ...parts } } }],
});

describe('the digest of a template', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['the order of keys', { image: 'a', args: ['b'] }, { args: ['b'], image: 'a' }],
    ['a protocol', { ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, protocol: 'TCP' }] }],
    [
      'an empty name of a ConfigMap',
      { envFrom: [{ configMapRef: { optional: true } }] },
      { envFrom: [{ configMapRef: { name: '', optional: true } }] },
    ],
    [
      'an empty service of a gRPC probe',
      { livenessProbe: { grpc: { port: 9 } } },
      { livenessProbe: { grpc: { port: 9, service: '' } } },
    ],
    [
      'a key that is not optional',
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { key: 'a', path: 'b', volumeName: 'c' } } }] },
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { key: 'a', path: 'b', volumeName: 'c', optional: false } } }] },
    ],
    ['a null', { resources: null }, {}],
  ])('does not count %s that the API server fills in or drops', (_, rendered, live) => {
    expect(digestOfTemplate(templateOf(rendered))).toBe(digestOfTemplate(templateOf(live)));
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a share of a processor', requests({ cpu: 0.5 }), requests({ cpu: '500m' })],
    ['a whole processor', requests({ cpu: '1000m' }), requests({ cpu: '1' })],
    ['memory', requests({ memory: '1024Mi' }), requests({ memory: '1Gi' })],
    ['a part of a gibibyte', requests({ memory: '1.5Gi' }), requests({ memory: '1536Mi' })],
    ['an exponent', requests({ storage: '1e3' }), requests({ storage: '1k' })],
    ['an empty map of limits', { resources: { limits: {} } }, { resources: {} }],
    ['an empty variable', { env: [{ name: 'A', value: '' }] }, { env: [{ name: 'A' }] }],
    ['a delay of zero', { livenessProbe: { initialDelaySeconds: 0 } }, {}],
    ['a mount that is not read-only', mount({ readOnly: false }), mount({})],
    ['the divisor that nobody set', divisor({}), divisor({ divisor: '0' })],
  ])('does not count how the controller writes %s back', (_, rendered, live) => {
    expect(digestOfTemplate(templateOf(rendered))).toBe(digestOfTemplate(templateOf(live)));
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['an image', { image: 'a' }, { image: 'b' }],
    ['the order of arguments', { args: ['a', 'b'] }, { args: ['b', 'a'] }],
    ['another protocol', { ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, protocol: 'UDP' }] }],
    ['a stranger’s variable', {}, { env: [{ name: 'A', value: 'b' }] }],
    [
      'what is optional',
      { envFrom: [{ configMapRef: { name: 'a' } }] },
      { envFrom: [{ configMapRef: { name: 'a', optional: true } }] },
    ],
    ['root', {}, { securityContext: { runAsUser: 0 } }],
    ['a right that is taken away', {}, { securityContext: { allowPrivilegeEscalation: false } }],
    ['more memory', requests({ memory: '1Gi' }), requests({ memory: '1G' })],
    ['less than the finest part', requests({ cpu: '1n' }), requests({ cpu: '2n' })],
    ['a request of nothing', {}, requests({ cpu: '0' })],
    ['a divisor', divisor({}), divisor({ divisor: '1Mi' })],
  ])('counts %s', (_, one, other) => {
    expect(digestOfTemplate(templateOf(one))).not.toBe(digestOfTemplate(templateOf(other)));
  });

  it('counts a label without a value', () => {
    const labelled = (labels: JsonObject): string => digestOfTemplate({ metadata: { labels } });
    expect(labelled({ 'example.com/canary': '' })).not.toBe(labelled({}));
  });

  it('counts a pod without a moment to end in', () => {
    expect(digestOfTemplate({ spec: { terminationGracePeriodSeconds: 0 } })).not.toBe(digestOfTemplate({ spec: {} }));
  });
});
