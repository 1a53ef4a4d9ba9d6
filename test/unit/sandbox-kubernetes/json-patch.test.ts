import { expect, test } from 'vitest';
import type { JsonPatchOperation } from '../../../src/ports/kubernetes-api.ts';
import { applyJsonPatch } from '../../../src/sandbox/kubernetes/json-patch.ts';
import { applyMergePatch } from '../../../src/sandbox/kubernetes/merge-patch.ts';

const document = { a: { b: 1, 'x/y': 2, 'm~n': 3 }, list: [1, 2, 3], none: {} };

const applies: readonly { title: string; patch: readonly JsonPatchOperation[]; result: unknown }[] = [
  {
    title: 'adds a member',
    patch: [{ op: 'add', path: '/a/c', value: 5 }],
    result: { ...document, a: { ...document.a, c: 5 } },
  },
  { title: 'replaces a member', patch: [{ op: 'replace', path: '/none', value: 5 }], result: { ...document, none: 5 } },
  {
    title: 'adds by replace, as the apiserver does',
    patch: [{ op: 'replace', path: '/new', value: 5 }],
    result: { ...document, new: 5 },
  },
  {
    title: 'removes a member',
    patch: [{ op: 'remove', path: '/none' }],
    result: { a: document.a, list: document.list },
  },
  {
    title: 'inserts an item',
    patch: [{ op: 'add', path: '/list/1', value: 9 }],
    result: { ...document, list: [1, 9, 2, 3] },
  },
  {
    title: 'appends an item',
    patch: [{ op: 'add', path: '/list/-', value: 9 }],
    result: { ...document, list: [1, 2, 3, 9] },
  },
  {
    title: 'replaces an item',
    patch: [{ op: 'replace', path: '/list/0', value: 9 }],
    result: { ...document, list: [9, 2, 3] },
  },
  { title: 'removes an item', patch: [{ op: 'remove', path: '/list/0' }], result: { ...document, list: [2, 3] } },
  {
    title: 'reads escaped slashes',
    patch: [{ op: 'replace', path: '/a/x~1y', value: 0 }],
    result: { ...document, a: { ...document.a, 'x/y': 0 } },
  },
  { title: 'reads escaped tildes', patch: [{ op: 'test', path: '/a/m~0n', value: 3 }], result: document },
  {
    title: 'holds a test of an equal object',
    patch: [{ op: 'test', path: '/a', value: { 'm~n': 3, 'x/y': 2, b: 1 } }],
    result: document,
  },
  {
    title: 'holds a test with null of a missing member',
    patch: [{ op: 'test', path: '/none/x', value: null }],
    result: document,
  },
  {
    title: 'sees what an earlier operation did',
    patch: [
      { op: 'add', path: '/none/x', value: {} },
      { op: 'add', path: '/none/x/y', value: 1 },
    ],
    result: { ...document, none: { x: { y: 1 } } },
  },
];

test.each(applies)('$title', ({ patch, result }) => {
  expect(applyJsonPatch(document, patch)).toEqual({ kind: 'patched', document: result });
});

const refusals: readonly { title: string; patch: readonly JsonPatchOperation[]; reason: string }[] = [
  { title: 'a test of another value', patch: [{ op: 'test', path: '/a/b', value: 2 }], reason: 'test of b failed' },
  { title: 'a test of a missing member', patch: [{ op: 'test', path: '/a/z', value: 1 }], reason: 'test of z failed' },
  {
    title: 'a test below a missing member, also with null',
    patch: [{ op: 'test', path: '/z/z', value: null }],
    reason: 'missing path at z',
  },
  {
    title: 'a removal of a missing member',
    patch: [{ op: 'remove', path: '/z' }],
    reason: 'unable to remove missing z',
  },
  {
    title: 'an addition below a missing member',
    patch: [{ op: 'add', path: '/z/y', value: 1 }],
    reason: 'missing path at z',
  },
  { title: 'an index past the end', patch: [{ op: 'add', path: '/list/4', value: 1 }], reason: 'no index 4' },
  { title: 'a replacement past the end', patch: [{ op: 'replace', path: '/list/3', value: 1 }], reason: 'no index 3' },
  { title: 'a word as an index', patch: [{ op: 'replace', path: '/list/a', value: 1 }], reason: 'no index a' },
  {
    title: 'a path without a slash',
    patch: [{ op: 'add', path: 'a', value: 1 }],
    reason: 'path "a" does not start with a slash',
  },
  {
    title: 'everything, when one operation does not apply',
    patch: [
      { op: 'add', path: '/x', value: 1 },
      { op: 'remove', path: '/z' },
    ],
    reason: 'unable to remove missing z',
  },
];

test.each(refusals)('refuses $title', ({ patch, reason }) => {
  expect(applyJsonPatch(document, patch)).toEqual({ kind: 'refused', reason });
});

test('shares what a patch leaves alone', () => {
  const outcome = applyJsonPatch(document, [{ op: 'replace', path: '/none', value: 1 }]);
  expect(outcome.kind === 'patched' && (outcome.document as typeof document).list).toBe(document.list);
});

test.each([
  { title: 'merges objects', patch: { a: { c: 1 } }, result: { a: { b: 1, c: 1 }, list: [1] } },
  { title: 'deletes by null', patch: { a: null }, result: { list: [1] } },
  { title: 'replaces lists whole', patch: { list: [2, 3] }, result: { a: { b: 1 }, list: [2, 3] } },
  {
    title: 'drops nulls of what it adds',
    patch: { n: { x: null, y: 1 } },
    result: { a: { b: 1 }, list: [1], n: { y: 1 } },
  },
  { title: 'replaces an object by a scalar', patch: { a: 'x' }, result: { a: 'x', list: [1] } },
])('a merge patch $title', ({ patch, result }) => {
  expect(applyMergePatch({ a: { b: 1 }, list: [1] }, patch)).toEqual(result);
});
