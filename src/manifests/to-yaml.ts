import { stringify } from 'yaml';
import type { JsonObject } from '../domain/workload.ts';

/** Objects as one YAML stream that a YAML 1.1 reader (Kubernetes) takes as it was meant: `"yes"` and `"12:30"` stay strings. */
export function toYaml(objects: readonly JsonObject[]): string {
  return objects
    .map((object) => stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}
