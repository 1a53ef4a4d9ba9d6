import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { crdFiles } from '../../../src/config/crd-files.ts';
import { crds } from '../../../src/config/crds.ts';
import { kindNames } from '../../../src/config/wire/kinds.ts';
import { kinds } from '../../../src/ports/kinds.ts';

const folder = fileURLToPath(new URL('../../../deploy/crds/', import.meta.url));

type Node = Readonly<Record<string, unknown>>;

/** Every schema node of a CRD, with its path. */
function nodesOf(node: Node, path: string): readonly (readonly [string, Node])[] {
  const children = Object.entries((node['properties'] ?? {}) as Record<string, Node>).map(
    ([name, child]) => [`${path}.${name}`, child] as const,
  );
  const items = node['items'] === undefined ? [] : [[`${path}[]`, node['items'] as Node] as const];
  const more =
    node['additionalProperties'] === undefined ? [] : [[`${path}{}`, node['additionalProperties'] as Node] as const];
  return [[path, node], ...[...children, ...items, ...more].flatMap(([name, child]) => nodesOf(child, name))];
}

const schemas = crds().map((crd) => [crd.spec.names.kind, crd.spec.versions[0]!.schema.openAPIV3Schema] as const);
const all = schemas.flatMap(([kind, schema]) => nodesOf(schema, kind));

describe('the generated CRDs', () => {
  test('are those of deploy/crds: run npm run generate when this fails', () => {
    expect(readdirSync(folder).sort()).toEqual(
      crdFiles()
        .map(({ path }) => path)
        .sort(),
    );
    for (const { path, text } of crdFiles()) expect(readFileSync(`${folder}${path}`, 'utf8'), path).toBe(text);
  });

  test('read the same by the rules of YAML 1.1, which kubectl follows', () => {
    expect(crdFiles().map(({ text }) => parse(text, { version: '1.1' }) as unknown)).toEqual(crds());
  });

  test('are of the group, version and plural under which the kinds are asked for', () => {
    const own = Object.values(kinds).filter(({ group }) => group === 'tidegate.dev');
    const named = crds().map(({ spec }) => ({
      group: spec.group,
      version: spec.versions[0]!.name,
      kind: spec.names.kind,
      plural: spec.names.plural,
      namespaced: true,
    }));
    expect(named).toEqual(own);
    expect(kindNames).toEqual(own.map(({ kind }) => kind));
  });

  test.each(all)('%s is structural', (_, node) => {
    const untyped =
      node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true;
    if (!untyped) expect(node['type']).toMatch(/^(object|array|string|integer|number|boolean)$/);
    for (const keyword of ['anyOf', 'allOf', 'not', '$ref', '$schema', 'const', 'propertyNames'])
      expect(node).not.toHaveProperty(keyword);
    if (node['properties'] !== undefined) expect(node).not.toHaveProperty('additionalProperties');
    expect(node['additionalProperties']).not.toBe(false);
    for (const one of (node['oneOf'] ?? []) as readonly Node[]) expect(Object.keys(one)).toEqual(['required']);
  });

  test.each(schemas)('%s is immutable where it records what was decided', (kind, schema) => {
    const spec = (schema['properties'] as Record<string, Node>)['spec'];
    const immutable = ['Release', 'Approval', 'Freeze', 'Rollback', 'PlanSlice'].includes(kind);
    expect(spec?.['x-kubernetes-validations'] !== undefined).toBe(immutable);
  });

  test('show a release at a glance', () => {
    const release = crds().find(({ spec }) => spec.names.kind === 'Release')!.spec.versions[0]!;
    const shown = release.additionalPrinterColumns.filter(({ priority }) => priority === undefined);
    expect(shown.map(({ name }) => name)).toEqual(['Workload', 'Version', 'Phase', 'Wave', 'Plan', 'Age']);
    expect(release.subresources).toEqual({ status: {} });
  });
});
