import { describe, expect, test } from 'vitest';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { parseDocument } from '../../../src/config/parse-document.ts';
import { readYamlDocuments } from '../../../src/config/yaml-documents.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { good } from './example.ts';

/** What is said of a text; of a long answer the first lines. */
function refusalsOf(text: string, path = 'f.yaml'): readonly string[] {
  try {
    loadInventory([{ path, text }]);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message.split('\n');
    throw error;
  }
  return [];
}

const pool = (name: string, more = ''): string =>
  `apiVersion: tidegate.dev/v1alpha1\nkind: Pool\nmetadata: { name: ${name} }\nspec: { cluster: a, namespace: b }\n${more}`;
const counted = (length: number, line: (index: number) => string): string =>
  Array.from({ length }, (_, index) => line(index)).join('\n');

const wanted = 'a name of lower case letters, digits, "-" and ".", at most 63 long';
const known = 'known are apiVersion, kind, metadata, spec, status';

/** A text and the first line of what is said of it, or with `…` at its end how that begins. */
const hostile: Readonly<Record<string, readonly [text: string, says: string]>> = {
  'ten billion laughs': [
    `a0: &a0 [lol]\n${counted(10, (index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}]`)}`,
    'f.yaml:1:1 not YAML: excessive alias count indicates a resource exhaustion attack',
  ],
  'laughs through merge keys': [
    `m0: &m0 { a: 1 }\n${counted(10, (index) => `m${index + 1}: &m${index + 1}\n  <<: [${`*m${index}, `.repeat(9)}]\n  k${index}: *m${index}`)}`,
    'f.yaml:1:1 not YAML: excessive alias count indicates a resource exhaustion attack',
  ],
  'more aliases than anybody writes': [
    `a: &a x\n${counted(1001, (index) => `b${index}: *a`)}`,
    'f.yaml:2:5 not YAML: more than 1000 aliases…',
  ],
  'a name of ten million letters': [
    pool('x'.repeat(10_000_000)),
    `f.yaml:3:19 metadata.name: expected ${wanted}, got "xxx…`,
  ],
  'a kind of a million letters': [`kind: ${'x'.repeat(1_000_000)}\n`, 'f.yaml:1:7 kind: unknown kind "xxx…'],
  'a name with a null': [pool('"a\\0b"'), `f.yaml:3:19 metadata.name: expected ${wanted}, got "a\\u0000b"`],
  'a name that is written backwards': [
    pool('"a\\u202eb"'),
    `f.yaml:3:19 metadata.name: expected ${wanted}, got "a\\u202eb"`,
  ],
  'a field that clears the screen': [
    pool('a', '"\\e[2Jx": 1\n'),
    `f.yaml:5:1 ["\\u001b[2Jx"]: unknown field "\\u001b[2Jx"; ${known}`,
  ],
  'a field that makes a line of its own': [
    pool('a', '"a\\nb": 1\n'),
    `f.yaml:5:1 ["a\\nb"]: unknown field "a\\u000ab"; ${known}`,
  ],
  'a byte order mark inside': [`${pool('a')}---\n\ufeff${pool('b')}`, 'f.yaml:4:18 spec.cluster: unknown cluster "a"'],
  'a key twice': [pool('a', 'kind: Pool\n'), 'f.yaml:5:1 not YAML: map keys must be unique'],
  'a key twice, once as a number': ['1: a\n"1": b\n', 'f.yaml:2:1 not YAML: map keys must be unique'],
  'a merge key twice': ['a: &a { b: 1 }\nc:\n  <<: *a\n  <<: *a\n', 'f.yaml:4:3 not YAML: map keys must be unique'],
  'the prototype as a field': [
    pool('a', '__proto__: { x: 1 }\n'),
    `f.yaml:5:1 __proto__: unknown field "__proto__"; ${known}`,
  ],
  'the prototype as a kind': ['kind: __proto__\n', 'f.yaml:1:7 kind: unknown kind "__proto__"; known kinds…'],
  'a constructor as a kind': ['kind: constructor\n', 'f.yaml:1:7 kind: unknown kind "constructor"; known kinds…'],
  'a number without end': [pool('9'.repeat(400)), `f.yaml:3:19 metadata.name: expected ${wanted}, got Infinity`],
  'a namespace that leads upwards': [
    pool('a').replace('namespace: b', 'namespace: ../b'),
    'f.yaml:4:32 spec.namespace: expected a namespace of lower case letters, digits and "-", at most 63 long, got "../b"',
  ],
  'a list that would fill the memory': [
    '- a\n'.repeat(500_000),
    'f.yaml not YAML that can be read: a document of more than 500000 words and marks; split it',
  ],
  'such a list of what looks like new documents': [
    '- ---\n'.repeat(500_000),
    'f.yaml not YAML that can be read: a document of more than 500000 words and marks; split it',
  ],
  'more documents than anybody writes': [
    '---\n'.repeat(100_000),
    'f.yaml not YAML that can be read: more than 20000 documents; split the file',
  ],
};

describe('a hostile text is refused', () => {
  test.each(Object.entries(hostile))('%s', (_, [text, says]) => {
    const [first = 'nothing'] = refusalsOf(text);
    if (says.endsWith('…')) expect(first.slice(0, says.length - 1)).toBe(says.slice(0, -1));
    else expect(first).toBe(says);
    expect(first.length).toBeLessThan(2200);
  });

  test.each([
    ['lists', '['.repeat(100_000)],
    ['closed lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['maps', counted(3000, (index) => `${' '.repeat(index)}a:`)],
    ['dashes', `${'- '.repeat(20_000)}a`],
  ])('%s nested thousands of times', (_, text) => {
    expect(refusalsOf(text)[0]).toMatch(
      /^f\.yaml(:\d+:\d+)? not YAML.*: nested deeper than 100 levels, or inside itself$/,
    );
  });

  test('a file whose name clears the screen is named without that', () => {
    expect(refusalsOf('- a', '\u001b[2J.yaml')[0]).toMatch(/^\\u001b\[2J\.yaml:1:1 /);
    expect(refusalsOf('a: [', '\u001b[2J.yaml')[0]).toMatch(/^\\u001b\[2J\.yaml:/);
  });

  test('a document before one that cannot be read keeps its place', () => {
    const refusals = refusalsOf(`${pool('a', 'x: 1\n')}---\n${'['.repeat(100_000)}`);
    expect(refusals).toContain(`f.yaml:5:1 x: unknown field "x"; ${known}`);
  });

  test('a hundred issues of one document are told, not fifty thousand', () => {
    expect(
      refusalsOf(
        pool(
          'a',
          counted(50_000, (index) => `k${index}: 1`),
        ),
      ),
    ).toHaveLength(100);
    expect(refusalsOf('a: 1\n'.repeat(50_000))).toHaveLength(100);
  });

  test('nothing is left on the prototype of all objects', () => {
    refusalsOf(pool('a', '__proto__: { polluted: true }\n'));
    refusalsOf('a: &a { __proto__: { polluted: true } }\nb: { <<: *a }\n');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('what is odd and harmless is read', () => {
  test.each([
    ['nothing', ''],
    ['empty documents', '---\n---\n'],
    ['a byte order mark', '\ufeff# nothing\n'],
    ['documents that are large only together', `${'#\n'.repeat(100)}---\n`.repeat(5_000)],
  ])('%s', (_, text) => {
    expect(refusalsOf(text)).toEqual([]);
  });
});

/** A workload whose template is nested so deep: nothing in the schema of a pod template forbids it. */
function workloadNested(depth: number): unknown {
  let extra: unknown = 'x';
  for (let left = depth; left > 0; left -= 1) extra = { a: extra };
  const [raw] = readYamlDocuments({ path: 'x', text: good.workload }).documents;
  const workload = raw!.value as {
    readonly spec: { readonly source: { readonly generate: { readonly template: { spec: object } } } };
  };
  const { template } = workload.spec.source.generate;
  template.spec = { ...template.spec, extra };
  return workload;
}

describe('an object of the hub', () => {
  test('that is nested without end is refused, not thrown at', () => {
    expect(parseDocument(workloadNested(20), 'Workload/a').outcome).toBe('parsed');
    const reading = parseDocument(workloadNested(20_000), 'Workload/a');
    expect(reading.outcome === 'refused' && reading.issues.map(({ message }) => message)).toEqual([
      'nested deeper than 100 levels, or inside itself',
    ]);
  });

  test('that names the prototype is refused', () => {
    const spec: unknown = JSON.parse('{"__proto__": {"x": 1}, "cluster": "a", "namespace": "b"}');
    const object = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Pool', metadata: { name: 'a' }, spec };
    const reading = parseDocument(object, 'Pool/a');
    expect(reading.outcome === 'refused' && reading.issues[0]?.path).toBe('spec.__proto__');
  });
});
