import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';
import { ADMIN_TOKEN, serveSandbox } from '../sandbox-over-http.ts';
import { createSend } from './http-client.ts';
import { describeApiAnswers } from './suite.ts';

describeApiAnswers('the sandbox says over HTTP what a real API server says', async () => {
  const store = createStore({ clock: createSystemClock(), cluster: 'sandbox' });
  await install(createInProcessApi(store), store.clock, installedObjects('tidegate-system'));
  const served = await serveSandbox(store);
  return { send: createSend(served.url, ADMIN_TOKEN), stop: () => served.stop() };
});
