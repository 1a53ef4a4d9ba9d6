import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** A pod with this label (any value) stays pending for ever: no stage makes it ready. */
export const NEVER_READY_LABEL = 'tidegate.dev/never-ready';

/** The lab's one node. */
export const NODE_NAME = 'lab-node';

interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly selector: { readonly matchExpressions: readonly unknown[] } };
}

/** Writes kwok's own quick stages to one file, with the never-ready label excluded from the one that makes pods ready. */
export function writeStages(stageFolder: string, path: string): void {
  const stages = ['pod/fast', 'node/fast'].flatMap((name) => readStages(join(stageFolder, name)));
  const documents = stages.map((stage) => stringify(withExclusion(stage), { version: '1.1' }));
  writeFileSync(path, documents.join('---\n'));
}

function readStages(folder: string): Stage[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as Stage);
}

function withExclusion(stage: Stage): Stage {
  if (stage.metadata.name !== 'pod-ready') return stage;
  const excluded = { key: `.metadata.labels["${NEVER_READY_LABEL}"]`, operator: 'DoesNotExist' };
  const matchExpressions = [...stage.spec.selector.matchExpressions, excluded];
  return { ...stage, spec: { ...stage.spec, selector: { ...stage.spec.selector, matchExpressions } } };
}

/** The lab's one node; kwok fills in its status. */
export function fakeNode(): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME } },
  };
}
