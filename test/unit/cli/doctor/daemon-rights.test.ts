import { describe, expect, test } from 'vitest';
import { daemonOf, neededRights } from '../../../../src/cli/doctor/daemon-rights.ts';
import { kinds } from '../../../../src/ports/kinds.ts';
import { createVirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi } from '../../../../src/sandbox/kubernetes/in-process-api.ts';
import type { SandboxUser } from '../../../../src/sandbox/kubernetes/review.ts';
import { createStore } from '../../../../src/sandbox/kubernetes/store.ts';

const NAMESPACE = 'tidegate-system';
const us = { fieldManager: 'kubectl' };
const account = { kind: 'user', user: { name: `system:serviceaccount:${NAMESPACE}:tidegate` } };
const ourselves = { kind: 'ourselves' };

function hub(user?: SandboxUser, isInstalled = true) {
  const store = createStore({ clock: createVirtualClock(), cluster: 'hub' });
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, kinds.namespace, us);
  const metadata = { name: 'tidegate', namespace: NAMESPACE };
  const serviceAccount = { ...kinds.service, kind: 'ServiceAccount', plural: 'serviceaccounts' };
  if (isInstalled) store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, serviceAccount, us);
  return createInProcessApi(store, user === undefined ? {} : { user });
}

describe('whose rights count in the hub', () => {
  const reader: SandboxUser = { token: '', name: 'ada', groups: [], may: ({ verb }) => verb === 'get' };
  const daemon: SandboxUser = { token: '', name: account.user.name, groups: [] };
  test.for([
    { whose: "the account's, for an administrator", api: hub(), is: account },
    { whose: 'our own, where no account is installed', api: hub(undefined, false), is: ourselves },
    { whose: 'our own, where we may not ask for others', api: hub(reader), is: ourselves },
    { whose: 'our own, for the account itself', api: hub(daemon), is: ourselves },
  ])('$whose', async ({ api, is }) => {
    expect(await daemonOf(api, NAMESPACE)).toMatchObject(is);
  });
});

test('rights in the hub are those in its namespace, rights in a target are everywhere', () => {
  const placesOf = (role: 'hub' | 'target') => {
    const { rights } = neededRights(role, NAMESPACE, { kind: 'ourselves' });
    expect(rights.length).toBeGreaterThan(5);
    return new Set(rights.map(({ namespace }) => namespace));
  };
  expect(placesOf('hub')).toEqual(new Set([NAMESPACE]));
  expect(placesOf('target')).toEqual(new Set([undefined]));
});
