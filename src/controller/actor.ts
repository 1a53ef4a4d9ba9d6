import { ConflictError, TerminalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/workload.ts';
import { stampOwnership } from '../manifests/labels.ts';
import { createOnce } from '../ports/create-once.ts';
import { FIELD_MANAGER, kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef, ResourceKind } from '../ports/kubernetes-api.ts';
import { annotations } from '../release/annotations.ts';
import type { Command } from '../release/commands.ts';
import { missingContainers } from '../release/existing-patches.ts';
import { patchOf } from '../release/patches.ts';
import { type IndexedTarget, manifestOf, type PlanIndex } from '../release/plan-index.ts';
import { stableTemplate } from './stable-template.ts';

const write = { fieldManager: FIELD_MANAGER };

/**
 * Carries out one command and gives the Rollout as it stands after it. `mayProceed` is asked again before a new version is written: what it
 * needs has been written first, and meanwhile a rollback may have been decided.
 *
 * @throws ConflictError when a precondition does not hold any more: observe again.
 * @throws TransientError, TerminalError as the API says.
 */
export async function perform(
  api: KubernetesApi,
  index: PlanIndex,
  command: Command,
  mayProceed: () => boolean = () => true,
): Promise<KubernetesObject> {
  const indexed = index.targets.get(command.target)!;
  const manifest = stampedManifest(index, indexed);
  const { action, basis } = command;
  const writesSpec = action.kind === 'writeTemplate' || action.kind === 'create';
  if (writesSpec || (action.kind === 'restoreTemplate' && basis?.isInvalidSpec === true))
    await ensureSupport(api, index, indexed);
  if (writesSpec && !mayProceed())
    throw new ConflictError(`writing ${command.target}: overtaken by a rollback or a freeze`);
  if (basis === null) return api.create(newRollout(manifest, index, command), kinds.rollout, write);
  const restored = action.kind === 'restoreTemplate' ? await stableTemplate(api, indexed, action.hash) : null;
  const isTouched =
    indexed.ownedImages !== null && (writesSpec || restored !== null || action.kind === 'giveBackSteps');
  const adopted = isTouched ? await adoptedRollout(api, indexed) : null;
  const material = { release: index.plan.release, planHash: index.plan.hash, manifest, restored, adopted };
  const patch = patchOf(command, material)!;
  return api.patch(
    refOf(indexed),
    patch.operations,
    patch.subresource === null ? write : { ...write, subresource: 'status' },
  );
}

/** A Rollout of others as it stands: what is ours in it is found by name. @throws ConflictError, TerminalError */
async function adoptedRollout(api: KubernetesApi, indexed: IndexedTarget): Promise<JsonObject> {
  const { id } = indexed.target;
  const live = await api.get(refOf(indexed));
  if (live === undefined) throw new ConflictError(`writing ${id}: the Rollout is gone`);
  const missing = missingContainers(live as unknown as JsonObject, indexed.ownedImages ?? {});
  if (missing.length > 0)
    throw new TerminalError(`writing ${id}: the Rollout has no container ${missing.join(', ')}, adopt it again`);
  return live as unknown as JsonObject;
}

/** The Rollout of a target. */
export function refOf({ target }: IndexedTarget): ObjectRef {
  return { kind: kinds.rollout, namespace: target.namespace, name: target.rollout };
}

function stampedManifest(index: PlanIndex, indexed: IndexedTarget): JsonObject {
  const { plan } = index;
  const wave = index.waves[indexed.waveIndex]!.name;
  return stampOwnership(manifestOf(plan, indexed.target.rolloutManifest), {
    release: plan.release,
    planHash: plan.hash,
    wave,
  });
}

function newRollout(manifest: JsonObject, index: PlanIndex, command: Command): KubernetesObject {
  const notes = {
    [annotations.epoch]: String(command.epoch),
    [annotations.release]: index.plan.release,
    [annotations.plan]: index.plan.hash,
  };
  const metadata = manifest['metadata'] as JsonObject;
  return { ...manifest, metadata: { ...metadata, annotations: notes } } as unknown as KubernetesObject;
}

/** What the Rollout refers to. A Service is created once: its selector is the controller's from then on. */
async function ensureSupport(api: KubernetesApi, index: PlanIndex, indexed: IndexedTarget): Promise<void> {
  for (const digest of indexed.target.supportManifests) {
    const object = manifestOf(index.plan, digest) as unknown as KubernetesObject;
    const kind = supportKind(object.kind);
    if (object.kind !== 'Service') await api.apply(object, kind, { ...write, force: true });
    else if ((await api.get({ kind, namespace: indexed.target.namespace, name: object.metadata.name })) === undefined)
      await createOnce(api, object, kind);
  }
}

function supportKind(kind: string): ResourceKind {
  switch (kind) {
    case 'AnalysisTemplate':
      return kinds.analysisTemplate;
    case 'Service':
      return kinds.service;
    case 'PodDisruptionBudget':
      return kinds.podDisruptionBudget;
    default:
      throw new TerminalError(
        `writing ${kind}: no such support object is known to this version, use the Tidegate that made the plan`,
      );
  }
}
