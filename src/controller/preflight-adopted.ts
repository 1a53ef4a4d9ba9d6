import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import { adoptionFindings } from '../release/ownership.ts';
import type { IndexedTarget } from '../release/plan-index.ts';
import type { PreflightFinding } from '../release/snapshot.ts';

/** Whether a Rollout that others made is as `tidegate adopt` left it: nobody else writes what this release writes. */
export async function preflightAdopted(
  api: KubernetesApi,
  { target, ownedImages }: IndexedTarget,
): Promise<readonly PreflightFinding[]> {
  if (ownedImages === null) return [];
  const { namespace, rollout, id } = target;
  const live = await api.get({ kind: kinds.rollout, namespace, name: rollout });
  return adoptionFindings(live, Object.keys(ownedImages)).map((finding) => ({ ...finding, target: id }));
}
