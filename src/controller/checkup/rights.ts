import pLimit from 'p-limit';
import type { ApiUser } from '../../ports/access-review.ts';
import { type Access, type AccessAnswer, mayI, mayUser } from '../../ports/access-review.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { counted, type Finding, findingsOf } from './finding.ts';

const { ok, error } = findingsOf('rights');
const REVIEWS_AT_ONCE = 8;

/** Whose rights are looked at. */
export type Rightholder =
  /** The credentials that the cluster is reached with. */
  { readonly kind: 'ourselves' } | { readonly kind: 'user'; readonly user: ApiUser };

/** Rights that the daemon needs in one cluster. */
export interface NeededRights {
  readonly rights: readonly Access[];
  readonly of: Rightholder;
  /** What gives them: `tidegate install --target --context shared-eu`. */
  readonly remedy: string;
}

/** Whether the daemon may do everything that it does; one finding for each resource on which it may not. */
export async function checkRights(api: KubernetesApi, needed: NeededRights): Promise<readonly Finding[]> {
  const limit = pLimit(REVIEWS_AT_ONCE);
  const answers = await Promise.all(
    needed.rights.map((right) => limit(async () => ({ right, answer: await ask(api, needed.of, right) }))),
  );
  const whose = needed.of.kind === 'user' ? needed.of.user.name : 'the credentials in use';
  const missing = answers.filter(({ answer }) => !answer.allowed).map(({ right }) => right);
  if (missing.length === 0)
    return [ok('RightsGranted', `${whose} may do all that is needed (${counted(answers.length, 'right')})`)];
  return [...byResource(missing)].map(([resource, verbs]) =>
    error('RightMissing', `${whose} may not ${verbs.join(', ')} ${resource}`, needed.remedy),
  );
}

function ask(api: KubernetesApi, whose: Rightholder, right: Access): Promise<AccessAnswer> {
  return whose.kind === 'ourselves' ? mayI(api, right) : mayUser(api, whose.user, right);
}

/** `rollouts.argoproj.io/status in pool-free` → verbs. */
function byResource(rights: readonly Access[]): ReadonlyMap<string, readonly string[]> {
  const verbs = new Map<string, string[]>();
  for (const right of rights) {
    const name = describeResource(right);
    verbs.set(name, [...(verbs.get(name) ?? []), right.verb]);
  }
  return verbs;
}

function describeResource({ group, resource, subresource, namespace }: Access): string {
  const name = group === '' ? resource : `${resource}.${group}`;
  const full = subresource === undefined ? name : `${name}/${subresource}`;
  return namespace === undefined ? full : `${full} in ${namespace}`;
}
