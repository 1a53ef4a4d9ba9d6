import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../src/adapters/kubernetes/index.ts';
import { type ServeOptions, serveStores } from '../../src/sandbox/kubernetes/http-server.ts';
import { kubeconfigFor } from '../../src/sandbox/kubernetes/kubeconfig.ts';
import type { SandboxUser } from '../../src/sandbox/kubernetes/review.ts';
import type { Store } from '../../src/sandbox/kubernetes/store.ts';

/** The administrator of a served store. */
export const ADMIN_TOKEN = 'a-token';

/** A store of the sandbox on loopback. */
export interface ServedSandbox {
  readonly url: string;
  /** The production adapter with somebody's token. @default ADMIN_TOKEN */
  connect(token?: string): Promise<ConnectedKubernetesApi>;
  stop(): Promise<void>;
}

/** Serves a store to its administrator and others. */
export async function serveSandbox(
  store: Store,
  options: { readonly users?: readonly SandboxUser[] } & Omit<ServeOptions, 'clusters'> = {},
): Promise<ServedSandbox> {
  const { users = [], ...serving } = options;
  const served = await serveStores({ clusters: [{ store, token: ADMIN_TOKEN, users }], ...serving });
  const { cluster: name, clock } = store;
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-contract-'));
  const opened: ConnectedKubernetesApi[] = [];
  return {
    url: served.url(name),
    async connect(token = ADMIN_TOKEN) {
      const path = join(folder, `kubeconfig-${opened.length}`);
      writeFileSync(path, kubeconfigFor([{ name, url: served.url(name), token }]));
      const api = createKubernetesApi({
        cluster: name,
        access: await kubeconfigAccess({ path, context: name }),
        clock,
      });
      opened.push(api);
      return api;
    },
    async stop() {
      await Promise.all(opened.map((api) => api.close()));
      await served.close();
      rmSync(folder, { recursive: true });
    },
  };
}
