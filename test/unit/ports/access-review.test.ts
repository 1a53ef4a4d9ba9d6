import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../../src/domain/errors.ts';
import { instant } from '../../../src/domain/time.ts';
import { mayI, mayUser, reviewToken, whoAmI } from '../../../src/ports/access-review.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import type { SandboxUser } from '../../../src/sandbox/kubernetes/review.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

const reader: SandboxUser = {
  token: 'r',
  name: 'reader',
  groups: ['readers'],
  may: ({ verb, resource, namespace }) => verb === 'get' && resource === 'rollouts' && namespace !== 'locked',
};
const getRollouts = { verb: 'get', group: 'argoproj.io', resource: 'rollouts' };

function apiAs(user?: SandboxUser) {
  const store = createStore({ clock: createVirtualClock(instant(0)), cluster: 'eu' });
  return { store, api: createInProcessApi(store, { users: [reader], ...(user === undefined ? {} : { user }) }) };
}

describe('reviews', () => {
  test('an admin may do everything, and knows itself', async () => {
    const { api } = apiAs();
    expect(await mayI(api, { ...getRollouts, verb: 'delete' })).toMatchObject({ allowed: true });
    expect(await whoAmI(api)).toEqual({ name: 'sandbox-admin', groups: ['system:masters', 'system:authenticated'] });
  });

  test('what a review denies, the server refuses', async () => {
    const { api } = apiAs(reader);
    expect(await mayI(api, getRollouts)).toMatchObject({ allowed: true });
    expect(await mayI(api, { ...getRollouts, namespace: 'locked' })).toEqual({ allowed: false, reason: '' });
    expect(await mayI(api, { ...getRollouts, verb: 'list' })).toMatchObject({ allowed: false });
    expect(await api.get({ kind: kinds.rollout, namespace: 'default', name: 'none' })).toBeUndefined();
    const locked = api.get({ kind: kinds.rollout, namespace: 'locked', name: 'none' });
    await expect(locked).rejects.toThrow(TerminalError);
    await expect(locked).rejects.toThrow('User "reader" cannot get resource "rollouts"');
    await expect(api.list(kinds.rollout, { namespace: null })).rejects.toThrow('at the cluster scope');
    await expect(reviewToken(api, 'r')).rejects.toThrow('cannot create resource "tokenreviews"');
  });

  test('a token is its user, or nobody', async () => {
    const { api } = apiAs();
    expect(await reviewToken(api, 'r')).toEqual({ name: 'reader', groups: ['readers'] });
    expect(await reviewToken(api, 'wrong')).toBeNull();
  });

  test('the rights of others are known by name, and by group', async () => {
    const { api } = apiAs();
    const may = async (name: string, groups: readonly string[], verb = 'get') =>
      (await mayUser(api, { name, groups }, { ...getRollouts, verb })).allowed;
    expect(await may('reader', [])).toBe(true);
    expect(await may('reader', [], 'patch')).toBe(false);
    expect(await may('nobody', [])).toBe(false);
    expect(await may('system:serviceaccount:tidegate-system:tidegate', [])).toBe(true);
    expect(await may('nobody', ['system:masters'])).toBe(true);
  });

  test('nothing is stored, and nothing counts as a mutation', async () => {
    const { api, store } = apiAs();
    const before = store.resourceVersion();
    await mayI(api, getRollouts);
    await reviewToken(api, 'r');
    expect(store.resourceVersion()).toBe(before);
    expect(api.mutations().size).toBe(0);
  });
});
