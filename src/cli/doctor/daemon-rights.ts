import type { NeededRights, Rightholder } from '../../controller/checkup/rights.ts';
import { TerminalError } from '../../domain/errors.ts';
import { type Access, type ApiUser, mayI, whoAmI } from '../../ports/access-review.ts';
import type { KubernetesApi, ResourceKind } from '../../ports/kubernetes-api.ts';
import { type ClusterRole, daemonRights } from '../shipped-objects.ts';

const serviceAccount: ResourceKind = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** Name of the account that `deploy/` makes. */
const ACCOUNT = 'tidegate';

/** The rights that `deploy/` grants to the daemon in a cluster of this role. */
export function neededRights(role: ClusterRole, namespace: string, of: Rightholder): NeededRights {
  const rights = daemonRights(role).map(
    ({ verb, group, resource, subresource }): Access => ({
      verb,
      group,
      resource,
      ...(subresource === null ? {} : { subresource }),
      ...(role === 'hub' ? { namespace } : {}),
    }),
  );
  const where = role === 'hub' ? 'tidegate install' : 'tidegate install --target';
  return { rights, of, remedy: `run ${where} there, as a cluster administrator` };
}

/**
 * Whose rights count in the cluster where the daemon runs: those of its account, when that is installed and we may ask for another, else
 * our own.
 */
export async function daemonOf(api: KubernetesApi, namespace: string): Promise<Rightholder> {
  const ourselves = { kind: 'ourselves' } as const;
  const account = accountUser(namespace);
  try {
    const me = await whoAmI(api);
    const review = { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' };
    if (me.name === account.name || !(await mayI(api, review)).allowed) return ourselves;
    const found = await api.get({ kind: serviceAccount, namespace, name: ACCOUNT });
    return found === undefined ? ourselves : { kind: 'user', user: account };
  } catch (error) {
    if (error instanceof TerminalError) return ourselves;
    throw error;
  }
}

function accountUser(namespace: string): ApiUser {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return { name: `system:serviceaccount:${namespace}:${ACCOUNT}`, groups };
}
