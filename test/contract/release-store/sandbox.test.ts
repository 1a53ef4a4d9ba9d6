import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';
import { serveSandbox } from '../sandbox-over-http.ts';
import { describeReleaseStore } from './suite.ts';

const newStore = () => createStore({ clock: createSystemClock(), cluster: 'hub' });

describeReleaseStore('the release store over the sandbox, in process', async () => {
  const store = newStore();
  return { api: createInProcessApi(store), clock: store.clock, stop: async () => undefined };
});

describeReleaseStore('the release store over the sandbox, over HTTP', async () => {
  const store = newStore();
  const served = await serveSandbox(store);
  return { api: await served.connect(), clock: store.clock, stop: () => served.stop() };
});
