import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { whoActs } from '../../../src/cli/release/human-act.ts';
import { TerminalError, TransientError } from '../../../src/domain/errors.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { adminUser } from '../../../src/sandbox/kubernetes/review.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

const api = createInProcessApi(createStore({ cluster: 'hub', clock: createVirtualClock() }));
const hubOf = (one: KubernetesApi) => ({ api: one });
const failing = (error: Error) => hubOf({ ...api, create: () => Promise.reject(error) });

describe('who acts', () => {
  it('is whom --by names', async () => {
    expect(await whoActs(failing(new TransientError('never asked')), 'ada')).toBe('ada');
  });

  it('is the user that the hub knows us as', async () => {
    expect(await whoActs(hubOf(api), undefined)).toBe(adminUser('').name);
  });

  it('is the user of the operating system where the hub cannot tell', async () => {
    const hub = failing(new TerminalError('the server does not know selfsubjectreviews'));
    expect(await whoActs(hub, undefined)).toBe(userInfo().username);
  });

  it('is nobody while the hub does not answer: a guess would be refused later', async () => {
    await expect(whoActs(failing(new TransientError('timeout')), undefined)).rejects.toThrow('timeout');
  });
});
