import { describe, expect, it } from 'vitest';
import { GATE } from '../../../src/cli/adopt/gate.ts';
import { takeHold } from '../../../src/cli/adopt/hold.ts';
import { ConflictError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

const template = {
  metadata: { labels: { app: 'web' }, creationTimestamp: null },
  spec: { containers: [{ name: 'app', image: 'app:v1' }] },
};
const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 0, template },
};
const THEIR_STEPS = [{ setWeight: 20 }, { pause: { duration: '1m' } }];

/** A Rollout that takes its template from a Deployment, in a cluster without any controller. */
function aReference(steps: object | null) {
  const clock = createVirtualClock();
  const store = createStore({ clock, cluster: 'eu' });
  const write = { fieldManager: 'kubectl' };
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, kinds.namespace, write);
  const spec = {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' },
    strategy: { canary: { maxSurge: 1, ...(steps === null ? {} : { steps }) } },
  };
  const made = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec,
  };
  const rollout = store.create(made, kinds.rollout, write);
  const live = () => store.get({ kind: kinds.rollout, namespace: 'shop', name: 'web' })!;
  const api = createInProcessApi(store);
  const subject = { api, clock, namespace: 'shop', rollout: 'web', workload: 'shop', containers: ['app'], command: '' };
  return { subject, rollout, live, found: { kind: 'reference', rollout, deployment } as const, store };
}

const ours = ({ metadata }: KubernetesObject) =>
  Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith('tidegate')));

describe.each([
  ['steps of its own', THEIR_STEPS],
  ['no steps', null],
])('a Rollout by reference with %s', (_, steps) => {
  it('takes the template itself, behind the gate, and notes its steps', async () => {
    const { subject, found, live, rollout } = aReference(steps);
    await takeHold(subject, found);
    const { workloadRef: _gone, ...rest } = rollout['spec'] as Record<string, unknown>;
    expect(live()['spec']).toEqual({
      ...rest,
      template: { metadata: { labels: { app: 'web' } }, spec: template.spec },
      strategy: { canary: { maxSurge: 1, steps: GATE } },
    });
    expect(ours(live())).toEqual({ 'tidegate.dev/gated': JSON.stringify(steps) });
  });

  it('proven, has its steps and its template, and is adopted', async () => {
    const { subject, found, live, rollout } = aReference(steps);
    const hold = await takeHold(subject, found);
    await hold?.letGo(true);
    expect(live()['spec']).toMatchObject({ strategy: (rollout['spec'] as { strategy: object }).strategy });
    expect(live()['spec']).toHaveProperty('template');
    expect(live()['spec']).not.toHaveProperty('workloadRef');
    expect((live()['spec'] as { strategy: { canary: object } }).strategy.canary).toEqual(
      (rollout['spec'] as { strategy: { canary: object } }).strategy.canary,
    );
    expect(ours(live())).toEqual({ 'tidegate.dev/adopted': 'shop' });
  });

  it('not proven, is as it was', async () => {
    const { subject, found, live, rollout } = aReference(steps);
    const hold = await takeHold(subject, found);
    await hold?.letGo(false);
    expect(live()['spec']).toEqual(rollout['spec']);
    expect(ours(live())).toEqual({});
  });
});

describe('a Rollout by reference', () => {
  it('that was pointed elsewhere since the look is left alone', async () => {
    const { subject, found, live, store } = aReference(null);
    const other = [{ op: 'replace', path: '/spec/workloadRef/name', value: 'other' }] as const;
    store.jsonPatch({ kind: kinds.rollout, namespace: 'shop', name: 'web' }, other, { fieldManager: 'kubectl' });
    const before = live();
    await expect(takeHold(subject, found)).rejects.toThrow(ConflictError);
    expect(live()).toEqual(before);
  });
});
