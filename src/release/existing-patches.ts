import type { Json, JsonObject } from '../domain/workload.ts';
import { annotationPath, annotations } from './annotations.ts';
import { type LiveContainer, liveContainers } from './container-images.ts';
import type { PatchOperation } from './patches.ts';

/** What is written into an adopted Rollout. */
export interface OwnedFields {
  /** Container → image. */
  readonly images: Readonly<Record<string, string>>;
  /** `null`: none. */
  readonly steps: Json | null;
}

/** The canary steps that an adopted Rollout had, and its pod hash then. */
interface Before {
  readonly hash: string;
  readonly steps: Json | null;
}

const NOTE = annotationPath(annotations.before);
const STEPS = '/spec/strategy/canary/steps';

/** Images and steps of a release, with what they replace noted beside them. `live` is the Rollout as it was read a moment ago. */
export function writeOwned(live: JsonObject, owned: OwnedFields, hash: string): readonly PatchOperation[] {
  // a note that is still there is of steps that were never given back
  const before: Before = { hash, steps: (beforeOf(live) ?? { steps: stepsOf(live) }).steps };
  return [...replaceOwned(live, owned), { op: 'add', path: NOTE, value: JSON.stringify(before) }];
}

/** The images of the template that was stable, and the steps that were noted; without such a note the steps stay. */
export function restoreOwned(live: JsonObject, images: OwnedFields['images']): readonly PatchOperation[] {
  const before = beforeOf(live);
  return [...replaceOwned(live, { images, steps: before === null ? stepsOf(live) : before.steps }), ...dropNote(live)];
}

/** The steps that were noted, and no note any more. */
export function giveBackSteps(live: JsonObject): readonly PatchOperation[] {
  const before = beforeOf(live);
  return [...(before === null ? [] : replaceSteps(stepsOf(live), before.steps)), ...dropNote(live)];
}

/** Containers of ours that the Rollout does not have. */
export function missingContainers(live: JsonObject, images: OwnedFields['images']): readonly string[] {
  const names = new Set(containersOf(live).map(({ name }) => name));
  return Object.keys(images).filter((name) => !names.has(name));
}

/** Every value is tested before it is replaced: what was read is what is changed. */
function replaceOwned(live: JsonObject, { images, steps }: OwnedFields): readonly PatchOperation[] {
  const containers = containersOf(live).filter(({ name }) => Object.hasOwn(images, name));
  return [
    ...containers.flatMap(({ name, image, path }): PatchOperation[] => [
      { op: 'test', path: `/spec/template${path}/name`, value: name },
      { op: 'test', path: `/spec/template${path}/image`, value: image },
      { op: 'replace', path: `/spec/template${path}/image`, value: images[name]! },
    ]),
    ...replaceSteps(stepsOf(live), steps),
  ];
}

function replaceSteps(present: Json | null, wanted: Json | null): readonly PatchOperation[] {
  const tested: readonly PatchOperation[] = present === null ? [] : [{ op: 'test', path: STEPS, value: present }];
  if (wanted === null) return present === null ? [] : [...tested, { op: 'remove', path: STEPS }];
  return [...tested, { op: 'add', path: STEPS, value: wanted }];
}

function containersOf(live: JsonObject): readonly LiveContainer[] {
  return liveContainers((live['spec'] as JsonObject | undefined)?.['template']);
}

function stepsOf(live: JsonObject): Json | null {
  const spec = live['spec'] as { readonly strategy?: { readonly canary?: { readonly steps?: Json } } } | undefined;
  return spec?.strategy?.canary?.steps ?? null;
}

function dropNote(live: JsonObject): readonly PatchOperation[] {
  return noteOf(live) === undefined ? [] : [{ op: 'remove', path: NOTE }];
}

function noteOf(live: JsonObject): string | undefined {
  const metadata = live['metadata'] as { readonly annotations?: Readonly<Record<string, string>> } | undefined;
  return metadata?.annotations?.[annotations.before];
}

function beforeOf(live: JsonObject): Before | null {
  const note = noteOf(live);
  if (note === undefined) return null;
  try {
    return JSON.parse(note) as Before | null;
  } catch {
    return null; // somebody's own text: nothing can be read from it
  }
}
