import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { quotaTrouble } from '../target-looks.ts';
import { counted, type Finding, findingsOf, someOf } from './finding.ts';

const { ok, warning } = findingsOf('quota');
const PAGE_SIZE = 500;

/** Whether the quotas of the targets' namespaces let in one more pod, for a canary and the way back. */
export async function checkRoom(api: KubernetesApi, namespaces: ReadonlySet<string>): Promise<readonly Finding[]> {
  const full: string[] = [];
  let count = 0;
  let next: { continueToken?: string } | null = {};
  while (next !== null) {
    const page: Awaited<ReturnType<KubernetesApi['list']>> = await api.list(kinds.resourceQuota, {
      namespace: null,
      limit: PAGE_SIZE,
      ...next,
    });
    for (const quota of page.items) {
      const { namespace = '' } = quota.metadata;
      if (!namespaces.has(namespace)) continue;
      count += 1;
      const trouble = quotaTrouble(quota, 0);
      if (trouble !== null) full.push(`${namespace} (${trouble.message.split(',')[0]})`);
    }
    next = page.continueToken === null ? null : { continueToken: page.continueToken };
  }
  if (full.length > 0) {
    const message = `no room for one more pod in ${counted(full.length, 'namespace')}: ${someOf(full)}`;
    return [warning('NoRoom', message, 'raise the quota, or old pods go before new ones come, and a rollback is slow')];
  }
  return [
    ok('Room', count === 0 ? 'no quota in the namespaces of the targets' : `${counted(count, 'quota')}, all with room`),
  ];
}
