import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createKubernetesApi, kubeconfigAccess } from '../../src/adapters/kubernetes/index.ts';
import { serveStores } from '../../src/sandbox/kubernetes/http-server.ts';
import { kubeconfigFor } from '../../src/sandbox/kubernetes/kubeconfig.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { describeWhoWritesWhat } from '../contract/who-writes-what/suite.ts';

const CLUSTER = 'sandbox';

describeWhoWritesWhat('who writes what, in the sandbox over HTTP', async () => {
  const clock = createSystemClock();
  const world = createWorld({ clock, clusters: [CLUSTER] });
  world.start();
  const served = await serveStores({ clusters: [{ store: world.store(CLUSTER), token: 'a-token' }] });
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-writers-'));
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, kubeconfigFor([{ name: CLUSTER, url: served.url(CLUSTER), token: 'a-token' }]));
  const access = await kubeconfigAccess({ path, context: CLUSTER });
  const api = createKubernetesApi({ cluster: CLUSTER, access, clock });
  return {
    api,
    clock,
    stop: async () => {
      await api.close();
      await served.close();
      world.stop();
      rmSync(folder, { recursive: true });
    },
  };
});
