import { serveSandbox } from '../sandbox-over-http.ts';
import { makeSandbox } from './sandbox-world.ts';
import { describeKubernetesApi } from './suite.ts';

for (const expiredAs of ['event', 'status'] as const)
  describeKubernetesApi(`the sandbox over HTTP, through the adapter; old versions as ${expiredAs}`, async () => {
    const { store, clock, expiredVersion } = makeSandbox();
    const served = await serveSandbox(store, { expiredAs });
    return { api: await served.connect(), clock, expiredVersion, stop: () => served.stop() };
  });
