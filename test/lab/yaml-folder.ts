import { readdirSync, readFileSync } from 'node:fs';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

const root = new URL('../../', import.meta.url);

/** A file of the repository with the objects in it. */
export interface ObjectFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly objects: readonly KubernetesObject[];
}

/** Every YAML file of a folder of the repository, by name. @throws Error for one that is not YAML */
export function readYamlFolder(folder: string): readonly ObjectFile[] {
  return readdirSync(new URL(`${folder}/`, root))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readObjects(`${folder}/${name}`));
}

function readObjects(path: string): ObjectFile {
  const { documents, issues } = readYamlDocuments({ path, text: readFileSync(new URL(path, root), 'utf8') });
  if (issues.length > 0) throw new Error(`reading ${path}: ${issues.map(({ message }) => message).join('; ')}`);
  return { path, objects: documents.map(({ value }) => value as KubernetesObject) };
}
