import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { makeSandbox } from './sandbox-world.ts';
import { describeKubernetesApi } from './suite.ts';

describeKubernetesApi('the sandbox, in process', async () => {
  const { store, clock, expiredVersion } = makeSandbox();
  return { api: createInProcessApi(store), clock, expiredVersion, stop: async () => undefined };
});
