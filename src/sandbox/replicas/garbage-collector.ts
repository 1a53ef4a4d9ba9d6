import { kinds } from '../../ports/kinds.ts';
import { ingressKind } from '../kubernetes/built-in-resources.ts';
import { type ModelStore, refOf } from '../model-store.ts';

/** What is owned by what, as far as the models make it. */
const OWNED = [
  { owner: kinds.rollout, owned: kinds.replicaSet },
  { owner: kinds.rollout, owned: kinds.analysisRun },
  { owner: kinds.rollout, owned: ingressKind },
  { owner: kinds.replicaSet, owned: kinds.pod },
] as const;

/** Deletes what a deleted object owned. Answers how to stop. */
export function startGarbageCollector(objects: ModelStore): () => void {
  const ends = OWNED.map(({ owner, owned }) =>
    objects.subscribe(owner, ({ type, object }) => {
      if (type !== 'deleted') return;
      for (const orphan of objects.owned(owned, object.metadata.uid ?? '')) objects.delete(refOf(owned, orphan));
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
