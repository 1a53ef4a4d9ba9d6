import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesApi, kubeconfigAccess } from '../../../src/adapters/kubernetes/index.ts';
import { serveStores } from '../../../src/sandbox/kubernetes/http-server.ts';
import { kubeconfigFor } from '../../../src/sandbox/kubernetes/kubeconfig.ts';
import { makeSandbox } from './sandbox-world.ts';
import { describeKubernetesApi } from './suite.ts';

for (const expiredAs of ['event', 'status'] as const)
  describeKubernetesApi(`the sandbox over HTTP, through the adapter; old versions as ${expiredAs}`, async () => {
    const { store, clock, expiredVersion } = makeSandbox();
    const served = await serveStores({ clusters: [{ store, token: 'a-token' }], expiredAs });
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-contract-'));
    const path = join(folder, 'kubeconfig');
    writeFileSync(path, kubeconfigFor([{ name: 'sandbox', url: served.url('sandbox'), token: 'a-token' }]));
    const access = await kubeconfigAccess({ path, context: 'sandbox' });
    const api = createKubernetesApi({ cluster: 'sandbox', access, clock });
    return {
      api,
      clock,
      expiredVersion,
      stop: async () => {
        await api.close();
        await served.close();
        rmSync(folder, { recursive: true });
      },
    };
  });
