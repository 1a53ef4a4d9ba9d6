import { afterAll } from 'vitest';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { adminUser, type SandboxUser } from '../../../src/sandbox/kubernetes/review.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';
import { ADMIN_TOKEN, serveSandbox } from '../sandbox-over-http.ts';
import { describeAccessReview, describeStranger } from './suite.ts';

const NAMESPACE = 'kube-system';
const newStore = () => createStore({ clock: createSystemClock(), cluster: 'sandbox' });
const admin = adminUser(ADMIN_TOKEN);
const reader: SandboxUser = {
  token: 'a-readers-token',
  name: 'reader',
  groups: ['system:authenticated'],
  may: ({ verb, group, resource, subresource, namespace }) =>
    namespace === NAMESPACE &&
    subresource === '' &&
    ['get rollouts.argoproj.io', 'watch rollouts.argoproj.io', 'patch services.'].includes(
      `${verb} ${resource}.${group}`,
    ),
};

describeAccessReview('the sandbox, in process', async () => {
  const store = newStore();
  const apiAs = (user: SandboxUser) => createInProcessApi(store, { user, users: [admin, reader] });
  return {
    admin: { ...admin, api: apiAs(admin) },
    reader: { ...reader, api: apiAs(reader) },
    namespace: NAMESPACE,
    stop: async () => undefined,
  };
});

describeAccessReview('the sandbox over HTTP, through the adapter', async () => {
  const served = await serveSandbox(newStore(), { users: [reader] });
  return {
    admin: { ...admin, api: await served.connect() },
    reader: { ...reader, api: await served.connect(reader.token) },
    namespace: NAMESPACE,
    stop: () => served.stop(),
  };
});

const served = await serveSandbox(newStore());
afterAll(() => served.stop());
describeStranger('the sandbox over HTTP', (token) => served.connect(token));
