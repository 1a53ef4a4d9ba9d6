import { stringify } from 'yaml';
import { crds } from './crds.ts';
import type { InputFile } from './yaml-documents.ts';

const HEADER = '# Generated from src/config/wire by `npm run generate`; do not edit.\n';

/** The YAML file of each CRD, by file name; safe for readers of YAML 1.1. */
export function crdFiles(): readonly InputFile[] {
  return crds().map((crd) => ({
    path: `${crd.spec.names.plural}.yaml`,
    text: HEADER + stringify(crd, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }),
  }));
}
