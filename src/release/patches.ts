import { assertNever } from '../domain/assert-never.ts';
import { formatInstant } from '../domain/time.ts';
import type { Json, JsonObject } from '../domain/workload.ts';
import { annotationPath, annotations, pointerSegment } from './annotations.ts';
import type { Command } from './commands.ts';
import { imagesOf } from './container-images.ts';
import { giveBackSteps, type OwnedFields, restoreOwned, writeOwned } from './existing-patches.ts';
import { type ObservedTarget, ROOM_MAKING_MAX_UNAVAILABLE } from './observed-target.ts';

/** RFC 6902, as far as commands need it. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** A command as it goes to the API server of its target. */
export interface CommandPatch {
  readonly subresource: 'status' | null;
  readonly operations: readonly PatchOperation[];
}

/** What a write of a template needs from outside the command. */
export interface PatchMaterial {
  readonly release: string;
  readonly planHash: string;
  /** The plan's Rollout for the target. */
  readonly manifest: JsonObject;
  /** The template to put back; `null` unless the action is `restoreTemplate`. */
  readonly restored: JsonObject | null;
  /** The adopted Rollout as it was read a moment ago; `null`: template and strategy are ours whole. */
  readonly adopted: JsonObject | null;
}

/**
 * The JSON patch of a command. Its `test`s refuse it when another daemon has claimed the target, the object is another one, or the
 * controller has moved on since the decision: 422, a conflict.
 *
 * `create` is not a patch and has none.
 */
export function patchOf(command: Command, material: PatchMaterial): CommandPatch | null {
  const { action, basis } = command;
  if (basis === null || action.kind === 'create') return null;
  const tests = testsOf(basis);
  switch (action.kind) {
    case 'writeTemplate':
      return main([
        ...tests,
        ...testRevision(basis),
        ...raiseEpoch(command, basis),
        ...(material.adopted === null
          ? templateOf(material.manifest)
          : writeOwned(material.adopted, ownedOf(material.manifest), basis.currentHash)),
        ...ownership(basis, material),
      ]);
    case 'restoreTemplate':
      return main([...tests, ...raiseEpoch(command, basis), ...restoreOf(basis, material, action.hash)]);
    case 'resume':
      return status([
        ...tests,
        ...testRevision(basis),
        { op: 'test', path: '/status/currentStepIndex', value: 2 * action.step + 1 },
        { op: 'test', path: '/status/pauseConditions/0/startTime', value: action.pause.startTime },
        { op: 'remove', path: '/status/pauseConditions' },
      ]);
    case 'abort':
      return status([...tests, ...testRevision(basis), { op: 'add', path: '/status/abort', value: true }]);
    case 'promoteFull':
      return status([...tests, ...testRevision(basis), { op: 'add', path: '/status/promoteFull', value: true }]);
    case 'claim':
      return main([...tests, ...raiseEpoch(command, basis)]);
    case 'nudge':
      return main([
        ...tests,
        ...raiseEpoch(command, basis),
        note(annotations.nudge, `${action.attempt} ${formatInstant(action.at)}`),
      ]);
    case 'giveBackSteps':
      return main([
        ...tests,
        ...testRevision(basis),
        ...raiseEpoch(command, basis),
        ...(material.adopted === null ? [] : giveBackSteps(material.adopted)),
      ]);
    case 'makeRoom':
      return main([
        ...tests,
        ...raiseEpoch(command, basis),
        { op: 'add', path: '/spec/strategy/canary/maxUnavailable', value: ROOM_MAKING_MAX_UNAVAILABLE },
      ]);
    default:
      return assertNever(action);
  }
}

const main = (operations: readonly PatchOperation[]): CommandPatch => ({ subresource: null, operations });
const status = (operations: readonly PatchOperation[]): CommandPatch => ({ subresource: 'status', operations });
const note = (key: string, value: string): PatchOperation => ({ op: 'add', path: annotationPath(key), value });

/** Same object, and nobody else has claimed it since. Where no epoch stands yet, nothing at all may have changed. */
function testsOf(basis: ObservedTarget): readonly PatchOperation[] {
  const fence: PatchOperation =
    basis.epoch === null
      ? { op: 'test', path: '/metadata/resourceVersion', value: basis.resourceVersion }
      : { op: 'test', path: annotationPath(annotations.epoch), value: String(basis.epoch) };
  return [{ op: 'test', path: '/metadata/uid', value: basis.uid }, fence];
}

function testRevision(basis: ObservedTarget): readonly PatchOperation[] {
  return [{ op: 'test', path: '/status/currentPodHash', value: basis.currentHash }];
}

function raiseEpoch(command: Command, basis: ObservedTarget): readonly PatchOperation[] {
  const value = String(command.epoch);
  if (!basis.hasAnnotations)
    return [{ op: 'add', path: '/metadata/annotations', value: { [annotations.epoch]: value } }];
  return basis.epoch === command.epoch ? [] : [note(annotations.epoch, value)];
}

/** Template and strategy are replaced whole: a stranger's field in them must not survive. */
function templateOf(manifest: JsonObject): readonly PatchOperation[] {
  const spec = manifest['spec'] as JsonObject;
  return [
    { op: 'replace', path: '/spec/template', value: spec['template'] ?? {} },
    { op: 'replace', path: '/spec/strategy', value: spec['strategy'] ?? {} },
    rollbackWindow(CLOSED_WINDOW),
  ];
}

/** A release to a version that the target ran before would skip its steps, gates and all, in an open rollback window. */
const CLOSED_WINDOW = { revisions: 0 };

const rollbackWindow = (value: Json): PatchOperation => ({ op: 'add', path: '/spec/rollbackWindow', value });

/** A pause by hand is lifted with it: it would keep the bad version where it is. */
function restoreOf(basis: ObservedTarget, material: PatchMaterial, hash: string): readonly PatchOperation[] {
  return [
    ...(material.adopted === null ? restoreWhole(material) : restoreOwned(material.adopted, restoredImages(material))),
    ...(basis.isPausedBySpec ? [{ op: 'remove', path: '/spec/paused' } as const] : []),
    note(annotations.restored, hash),
  ];
}

function restoreWhole({ manifest, restored }: PatchMaterial): readonly PatchOperation[] {
  const spec = manifest['spec'] as JsonObject;
  return [
    { op: 'replace', path: '/spec/template', value: restored ?? {} },
    { op: 'replace', path: '/spec/strategy', value: spec['strategy'] ?? {} },
    rollbackWindow(spec['rollbackWindow'] ?? CLOSED_WINDOW),
  ];
}

/** The images of the containers that are ours, as the stable template has them. */
function restoredImages({ manifest, restored }: PatchMaterial): Readonly<Record<string, string>> {
  const stable = imagesOf(restored ?? {});
  const ours = Object.keys(ownedOf(manifest).images);
  return Object.fromEntries(ours.flatMap((name) => (stable[name] === undefined ? [] : [[name, stable[name]]])));
}

function ownedOf(manifest: JsonObject): OwnedFields {
  const spec = manifest['spec'] as {
    readonly template: JsonObject;
    readonly strategy: { readonly canary: JsonObject };
  };
  return { images: imagesOf(spec.template), steps: spec.strategy.canary['steps'] ?? null };
}

/** Says on the object which release it carries. `restored` of an earlier rollback no longer holds. */
function ownership(basis: ObservedTarget, material: PatchMaterial): readonly PatchOperation[] {
  const metadata = material.manifest['metadata'] as JsonObject;
  const labels = (metadata['labels'] ?? {}) as Readonly<Record<string, string>>;
  return [
    note(annotations.release, material.release),
    note(annotations.plan, material.planHash),
    ...(basis.restored === null ? [] : [{ op: 'remove', path: annotationPath(annotations.restored) } as const]),
    ...(material.adopted === null ? labelled(basis, labels) : []),
  ];
}

function labelled(basis: ObservedTarget, labels: Readonly<Record<string, string>>): readonly PatchOperation[] {
  return basis.hasLabels ? labelOperations(labels) : [{ op: 'add', path: '/metadata/labels', value: labels }];
}

function labelOperations(labels: Readonly<Record<string, string>>): readonly PatchOperation[] {
  return Object.keys(labels)
    .sort()
    .map((key) => ({ op: 'add', path: `/metadata/labels/${pointerSegment(key)}`, value: labels[key]! }));
}
