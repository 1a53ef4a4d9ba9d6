import { readFileSync } from 'node:fs';
import type { InputFile } from '../../src/config/yaml-documents.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

const root = new URL('../../waves/', import.meta.url);

function read(path: string): InputFile {
  return { path, text: readFileSync(new URL(path, root), 'utf8') };
}

/** The worked example without its releases. */
export function exampleFiles(): readonly InputFile[] {
  return ['fleet.yaml', 'storefront.yaml', 'quick.yaml'].map(read);
}

/** A release of the worked example, `4.12.0`. */
export function exampleRelease(version: string): KubernetesObject {
  const { documents } = readYamlDocuments(read(`releases/storefront-${version}.yaml`));
  return documents[0]!.value as KubernetesObject;
}
