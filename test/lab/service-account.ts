import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { kubectl } from '../../lab/kubectl.ts';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../src/adapters/kubernetes/index.ts';
import type { LabHandle } from './lab-control.ts';

/** Somebody who is not the administrator. */
export interface LabUser {
  /** `system:serviceaccount:hub:reader` */
  readonly name: string;
  readonly token: string;
  readonly kubeconfigPath: string;
  /** The production adapter with this user's token. */
  readonly api: ConnectedKubernetesApi;
  stop(): Promise<void>;
}

/** An account that is there already, with a token of its own. */
export async function logIn(lab: LabHandle, namespace: string, account: string): Promise<LabUser> {
  const token = (await admin(lab, ['-n', namespace, 'create', 'token', account])).trim();
  return withToken(lab, token, `system:serviceaccount:${namespace}:${account}`);
}

/** A new account without a right, but for those of the roles that it is bound to: `Role/reader`, `ClusterRole/view`. */
export async function newUser(lab: LabHandle, namespace: string, ...roles: readonly string[]): Promise<LabUser> {
  const account = `user-${randomUUID().slice(0, 8)}`;
  await admin(lab, ['-n', namespace, 'create', 'serviceaccount', account]);
  for (const [index, role] of roles.entries()) {
    const [kind = '', name = ''] = role.split('/');
    const flag = kind === 'Role' ? `--role=${name}` : `--clusterrole=${name}`;
    const subject = `--serviceaccount=${namespace}:${account}`;
    await admin(lab, ['-n', namespace, 'create', 'rolebinding', `${account}-${index}`, flag, subject]);
  }
  return logIn(lab, namespace, account);
}

/** Whoever holds this token. */
export async function withToken(lab: LabHandle, token: string, name: string): Promise<LabUser> {
  const path = join(tmpdir(), `tidegate-user-${randomUUID()}`);
  writeFileSync(path, kubeconfigOf(lab, token), { mode: 0o600 });
  const access = await kubeconfigAccess({ path, context: 'lab' });
  const api = createKubernetesApi({ cluster: 'lab', access, clock: createSystemClock() });
  return {
    name,
    token,
    kubeconfigPath: path,
    api,
    async stop() {
      await api.close();
      rmSync(path, { force: true });
    },
  };
}

function kubeconfigOf({ server, caPath }: LabHandle, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': caPath } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'user', namespace: 'default' } }],
  });
}

function admin(lab: LabHandle, parameters: readonly string[]): Promise<string> {
  return kubectl(lab.kubectlPath, lab.kubeconfigPath, parameters);
}
