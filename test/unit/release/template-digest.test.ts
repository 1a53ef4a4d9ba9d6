import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { digestOfTemplate } from '../../../src/release/template-digest.ts';

const templateOf = (container: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'app', ...container }] } });

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
    ['an image', { image: 'a' }, { image: 'b' }],
    ['the order of arguments', { args: ['a', 'b'] }, { args: ['b', 'a'] }],
    ['another protocol', { ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, protocol: 'UDP' }] }],
    ['a stranger’s variable', {}, { env: [{ name: 'A', value: 'b' }] }],
    [
      'what is optional',
      { envFrom: [{ configMapRef: { name: 'a' } }] },
      { envFrom: [{ configMapRef: { name: 'a', optional: true } }] },
    ],
    ['a zero', {}, { restartPolicyRules: [{ exitCode: 0 }] }],
  ])('counts %s', (_, one, other) => {
    expect(digestOfTemplate(templateOf(one))).not.toBe(digestOfTemplate(templateOf(other)));
  });
});
