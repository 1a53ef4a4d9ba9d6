import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { refOf } from '../model-store.ts';
import { makeCondition, setCondition } from './conditions.ts';
import { type Pass, rolesOf, timeText } from './pass.ts';
import { podTemplateHash } from './pod-hash.ts';
import { asReplicaSet, type ReplicaSet } from './replica-set.ts';
import {
  asRollout,
  DESIRED_REPLICAS_ANNOTATION,
  POD_HASH_LABEL,
  REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
  type Rollout,
  replicasOf,
  revisionOf,
} from './rollout.ts';

const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
]);

/** Creates the ReplicaSet of the wanted template, with no pods yet; revision and condition are written on the Rollout, its hash and phase are not. */
export function createReplicaSet(pass: Pass): void {
  const { store, now } = pass.environment;
  const hash = podTemplateHash(pass.rollout.spec.template);
  const revision = String(nextRevision(pass.all));
  const created = asReplicaSet(store.create(kinds.replicaSet, newReplicaSet(pass.rollout, hash, revision)));
  pass.created = created.metadata.name;
  setRolloutRevision(pass, revision);
  const nowText = timeText(now());
  const message = `Created new replica set "${created.metadata.name}"`;
  const parts = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message } as const;
  const conditions = setCondition(pass.rollout.status.conditions ?? [], makeCondition(parts, nowText));
  writeStatus(pass, { conditions });
  pass.all = [...pass.all, created];
  pass.roles = rolesOf(pass.rollout.status, pass.all, hash);
}

/** Patches the status and goes on with the object as it is then. */
function writeStatus(pass: Pass, status: unknown): void {
  const { store } = pass.environment;
  const written = store.mergePatch(refOf(kinds.rollout, pass.rollout), { status }, 'status');
  pass.written = written;
  pass.rollout = asRollout(written);
}

function newReplicaSet(rollout: Rollout, hash: string, revision: string): KubernetesObject {
  const { template, selector, minReadySeconds } = rollout.spec;
  const labels = { ...template.metadata?.labels, [POD_HASH_LABEL]: hash };
  const namespace = rollout.metadata.namespace;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${rollout.metadata.name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: {
        ...copiedAnnotations(rollout),
        [REVISION_ANNOTATION]: revision,
        [DESIRED_REPLICAS_ANNOTATION]: String(replicasOf(rollout)),
      },
      ownerReferences: [ownerReference(rollout)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { matchLabels: { ...selector?.matchLabels, [POD_HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** The reference by which a Rollout owns an object. */
export function ownerReference(rollout: Rollout): NonNullable<KubernetesObject['metadata']['ownerReferences']>[number] {
  const { name, uid } = rollout.metadata;
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, uid: uid ?? '', controller: true };
}

function copiedAnnotations(rollout: Rollout): Readonly<Record<string, string>> {
  const annotations = Object.entries(rollout.metadata.annotations ?? {});
  return Object.fromEntries(annotations.filter(([key]) => !NOT_COPIED.has(key)));
}

function nextRevision(older: readonly ReplicaSet[]): number {
  return Math.max(0, ...older.map(revisionOf)) + 1;
}

/** Gives the new ReplicaSet the highest revision and the Rollout's annotations; the Rollout's own revision follows in a later call. */
export function syncRevision(pass: Pass): void {
  const { canary } = pass.roles;
  if (canary === undefined) return;
  const wanted = nextRevision(pass.all.filter((replicaSet) => replicaSet !== canary));
  const changes = annotationChanges(pass.rollout, canary, wanted);
  if (changes === null) {
    setRolloutRevision(pass, String(revisionOf(canary)));
    return;
  }
  const ref = refOf(kinds.replicaSet, canary);
  replaceReplicaSet(pass, pass.environment.store.mergePatch(ref, { metadata: { annotations: changes } }));
}

function annotationChanges(rollout: Rollout, canary: ReplicaSet, wanted: number): Record<string, string> | null {
  const before = canary.metadata.annotations ?? {};
  const changes = Object.fromEntries(
    Object.entries(copiedAnnotations(rollout)).filter(([key, value]) => before[key] !== value),
  );
  const revision = revisionOf(canary);
  if (revision < wanted) changes[REVISION_ANNOTATION] = String(wanted);
  if (Object.keys(changes).length === 0) return null;
  const history = [before[REVISION_HISTORY_ANNOTATION], String(revision)].filter((part) => part !== undefined);
  return { ...changes, [REVISION_HISTORY_ANNOTATION]: history.join(',') };
}

function setRolloutRevision(pass: Pass, revision: string): void {
  if (pass.rollout.metadata.annotations?.[REVISION_ANNOTATION] === revision) return;
  const metadata = { annotations: { [REVISION_ANNOTATION]: revision } };
  const spec = templateAsPut(pass.rollout);
  const patch = spec === null ? { metadata } : { metadata, spec };
  const written = pass.environment.store.mergePatch(refOf(kinds.rollout, pass.rollout), patch);
  pass.written = written;
  pass.rollout = asRollout(written);
}

/**
 * The controller writes the whole object, in the form that it knows: a container without resources gets empty ones. That is a change
 * of the spec, and a new generation. `null` where nothing is missing.
 */
function templateAsPut({ spec }: Rollout): object | null {
  const { containers, initContainers } = spec.template.spec ?? {};
  const lists = Object.entries({ containers, initContainers }).filter(
    ([, list]) => list?.some(({ resources }) => resources === undefined) === true,
  );
  if (lists.length === 0) return null;
  const completed = lists.map(([key, list]) => [key, list?.map((container) => ({ resources: {}, ...container }))]);
  return { template: { spec: Object.fromEntries(completed) } };
}

/** Puts a ReplicaSet that was written in the place of the one that was read. */
export function replaceReplicaSet(pass: Pass, written: KubernetesObject): void {
  const replicaSet = asReplicaSet(written);
  const swap = (one: ReplicaSet): ReplicaSet => (one.metadata.name === replicaSet.metadata.name ? replicaSet : one);
  const { canary, stable, others } = pass.roles;
  pass.all = pass.all.map(swap);
  pass.roles = {
    canary: canary && swap(canary),
    stable: stable && swap(stable),
    others: others.map(swap),
  };
}
