import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';
import { serveSandbox } from '../sandbox-over-http.ts';
import { describeNotifier } from './suite.ts';

const newStore = () => createStore({ clock: createSystemClock(), cluster: 'hub' });

describeNotifier('telling over the sandbox, in process', async () => {
  const store = newStore();
  return { api: createInProcessApi(store), clock: store.clock, stop: async () => undefined };
});

describeNotifier('telling over the sandbox, over HTTP', async () => {
  const store = newStore();
  const served = await serveSandbox(store);
  return { api: await served.connect(), clock: store.clock, stop: () => served.stop() };
});
