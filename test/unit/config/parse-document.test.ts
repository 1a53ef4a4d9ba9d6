import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/config/parse-document.ts';

const pool = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'Pool',
  metadata: {
    name: 'free-eu',
    namespace: 'tidegate',
    uid: 'u',
    resourceVersion: '7',
    generation: 1,
    managedFields: [{}],
  },
  spec: { cluster: 'shared', namespace: 'pool-free' },
};

describe('an object of the Kubernetes API', () => {
  test('is read by the same schema, with all that Kubernetes keeps about it', () => {
    const reading = parseDocument(pool, 'Pool/free-eu');
    expect(reading).toMatchObject({
      outcome: 'parsed',
      document: {
        kind: 'Pool',
        name: 'free-eu',
        value: { name: 'free-eu', cluster: 'shared', namespace: 'pool-free' },
      },
    });
  });

  test('is refused with a path and no line', () => {
    expect(parseDocument({ ...pool, spec: { cluster: 'shared' } }, 'Pool/free-eu')).toEqual({
      outcome: 'refused',
      kind: 'Pool',
      name: 'free-eu',
      issues: [
        {
          file: 'Pool/free-eu',
          line: null,
          column: null,
          path: 'spec.namespace',
          message: 'missing, expected a namespace of lower case letters, digits and "-", at most 63 long',
        },
      ],
    });
  });

  test('gives the records of the daemon as they are', () => {
    const waveRun = {
      apiVersion: 'tidegate.dev/v1alpha1',
      kind: 'WaveRun',
      metadata: { name: 'v2-free-0' },
      spec: { release: 'v2', planHash: 'h', wave: 'free', index: 0 },
      status: { targets: [{ id: 'a/b/c', anything: { deep: [1] } }] },
    };
    expect(parseDocument(waveRun, 'WaveRun/v2-free-0')).toMatchObject({
      outcome: 'parsed',
      document: { value: waveRun },
    });
  });

  test('takes the status of a release as the daemon wrote it', () => {
    const release = {
      apiVersion: 'tidegate.dev/v1alpha1',
      kind: 'Release',
      metadata: { name: 'v2' },
      spec: { workload: 'w', plan: 'p', version: { name: '2', images: { app: `a@sha256:${'0'.repeat(64)}` } } },
      status: { phase: 'Running', wave: null, waves: [{ name: 'free' }], waitingFor: null, more: 1 },
    };
    expect(parseDocument(release, 'Release/v2')).toMatchObject({ outcome: 'parsed' });
  });

  test.each([[null], [undefined], ['text'], [[]], [{}], [{ kind: 7 }], [{ kind: 'Pool' }], [{ kind: '__proto__' }]])(
    '%j is refused, never thrown at',
    (object) => {
      expect(parseDocument(object, 'x')).toMatchObject({ outcome: 'refused' });
    },
  );
});
