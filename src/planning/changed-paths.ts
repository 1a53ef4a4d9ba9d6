import type { Plan, PlanTarget } from '../domain/plan.ts';
import type { Json, JsonObject } from '../domain/workload.ts';
import { labelKeys } from '../manifests/labels.ts';
import { compare } from './findings.ts';

/** Labels that say again what the comparison begins with. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([labelKeys.release, labelKeys.wave, labelKeys.version]);

/** Paths of one target that are told; a template that was rewritten needs no list. */
const PATHS_SHOWN = 20;

/**
 * Where the objects of a target differ between two plans, as `Rollout spec.template.spec.containers[0].env`, sorted. An image that a version
 * names is no difference here: it is one of the version. Values are not told: they may be somebody's.
 */
export function changedPaths(
  from: Plan,
  before: PlanTarget,
  to: Plan,
  after: PlanTarget,
  images: ReadonlySet<string>,
): readonly string[] {
  const isSame =
    before.rolloutManifest === after.rolloutManifest &&
    before.supportManifests.join() === after.supportManifests.join();
  if (isSame) return [];
  const old = objectsOf(from, before);
  const fresh = objectsOf(to, after);
  const paths = new Set<string>();
  for (const key of new Set([...old.keys(), ...fresh.keys()]))
    compareValues(old.get(key) ?? null, fresh.get(key) ?? null, key, { images, paths });
  const sorted = [...paths].sort(compare);
  const left = sorted.length - PATHS_SHOWN;
  return left > 0 ? [...sorted.slice(0, PATHS_SHOWN), `and ${left} more`] : sorted;
}

/** By kind, and by name where a kind comes twice. */
function objectsOf(plan: Plan, target: PlanTarget): ReadonlyMap<string, JsonObject> {
  const objects = new Map<string, JsonObject>();
  for (const digest of [target.rolloutManifest, ...target.supportManifests]) {
    const object = JSON.parse(plan.manifests[digest] ?? '{}') as JsonObject;
    const kind = typeof object['kind'] === 'string' ? object['kind'] : 'Rollout';
    const name = (object['metadata'] as JsonObject | undefined)?.['name'];
    objects.set(objects.has(kind) ? `${kind} ${typeof name === 'string' ? name : ''}` : kind, object);
  }
  return objects;
}

interface Comparison {
  readonly images: ReadonlySet<string>;
  readonly paths: Set<string>;
}

function compareValues(before: Json, after: Json, path: string, comparison: Comparison): void {
  if (before === after) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      if (!TOLD_ELSEWHERE.has(key))
        compareValues(before[key] ?? null, after[key] ?? null, joined(path, key), comparison);
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, value] of before.entries())
      compareValues(value as Json, after[index] as Json, `${path}[${index}]`, comparison);
  } else if (!isVersionImage(before, after, comparison.images)) comparison.paths.add(path);
}

/** `Rollout spec.template`: a blank after the kind, dots from there on. */
function joined(path: string, key: string): string {
  return /[ .]/.test(path) ? `${path}.${key}` : `${path} ${key}`;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isVersionImage(before: Json, after: Json, images: ReadonlySet<string>): boolean {
  return typeof before === 'string' && typeof after === 'string' && images.has(before) && images.has(after);
}
