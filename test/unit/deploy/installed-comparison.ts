import { installedLabels } from '../../../src/cli/shipped-objects.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';

interface Labelled {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Objects by kind and name: Helm has an order of its own. Equal ones of one name are one. */
export function byKey(objects: readonly JsonObject[]): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    objects.map((object) => [`${object['kind'] as string}/${(object as unknown as Labelled).metadata.name}`, object]),
  );
}

/** As the files have them: Helm labels what it installs by itself. */
export function withoutInstallLabels(objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.map((object) => {
    const { labels = {}, ...metadata } = (object as unknown as Labelled).metadata;
    const rest = Object.entries(labels).filter(([label]) => !(label in installedLabels));
    const kept = rest.length === 0 ? metadata : { ...metadata, labels: Object.fromEntries(rest) };
    return { ...object, metadata: kept };
  });
}
