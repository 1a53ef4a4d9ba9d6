import type { Json } from '../domain/workload.ts';
import { canonicalJson } from '../manifests/canonical-json.ts';
import type { KubernetesObject } from '../ports/kubernetes-api.ts';

/** What a write came to. */
export type WriteOutcome = 'created' | 'changed' | 'unchanged';

/** Whether an object means something else than before: by labels, annotations and content, not by its status or who wrote it when. */
export function outcomeOf(before: KubernetesObject | undefined, after: KubernetesObject): WriteOutcome {
  if (before === undefined) return 'created';
  return meaningOf(after) === meaningOf(before) ? 'unchanged' : 'changed';
}

function meaningOf(object: KubernetesObject): string {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...content } = object;
  const { labels = {}, annotations = {} } = metadata;
  return canonicalJson({ labels, annotations, content } as unknown as Json);
}
