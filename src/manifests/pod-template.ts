import { type GeneratedWorkload, type JsonObject, ofTier } from '../domain/workload.ts';
import { labelKeys, selectorLabels } from './labels.ts';
import { labelValue } from './names.ts';

/** What runs: a version's name and the image of each of its containers, by digest. */
export interface RenderedVersion {
  readonly name: string;
  readonly images: Readonly<Record<string, string>>;
}

const CONTAINER_LISTS = ['initContainers', 'containers'] as const;

/**
 * The PodTemplateSpec of a tier at a version, placeholders still in it.
 *
 * Tier overrides replace whole fields of the PodSpec, images come last. Neither release nor plan nor wave stands in it: a
 * pod hash depends on what runs and on nothing else.
 */
export function podTemplate(workload: GeneratedWorkload, tier: string, version: RenderedVersion): JsonObject {
  const template = workload.source.template;
  const metadata = objectAt(template, 'metadata');
  const spec = { ...objectAt(template, 'spec'), ...ofTier(workload.source.tiers, tier) };
  return {
    ...template,
    metadata: {
      ...metadata,
      labels: {
        ...objectAt(metadata, 'labels'),
        ...selectorLabels(workload.name),
        [labelKeys.version]: labelValue(version.name),
      },
    },
    spec: withImages(spec, version.images),
  };
}

/** A container as far as its image goes; `image` is empty when the template gives none. */
export interface TemplateContainer {
  readonly name: string;
  readonly image: string;
}

/** Containers and init containers of a PodTemplateSpec. */
export function containersOf(template: JsonObject): readonly TemplateContainer[] {
  const spec = objectAt(template, 'spec');
  return CONTAINER_LISTS.flatMap((list) =>
    objectsAt(spec, list).map((container) => ({
      name: textAt(container, 'name'),
      image: textAt(container, 'image'),
    })),
  );
}

function withImages(spec: JsonObject, images: Readonly<Record<string, string>>): JsonObject {
  const replaced: Record<string, readonly JsonObject[]> = {};
  for (const list of CONTAINER_LISTS) {
    if (!Array.isArray(spec[list])) continue;
    replaced[list] = objectsAt(spec, list).map((container) => {
      const name = textAt(container, 'name');
      return Object.hasOwn(images, name) ? { ...container, image: images[name] ?? '' } : container;
    });
  }
  return { ...spec, ...replaced };
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  if (!Array.isArray(value)) return [];
  return value.filter((entry): entry is JsonObject => entry !== null && typeof entry === 'object');
}
