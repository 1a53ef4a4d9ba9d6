import { expect, test } from 'vitest';
import { otherRows } from '../../../src/release/other-rows.ts';
import { rowKey } from '../../../src/release/snapshot.ts';

const row = (total: number) => ({ good: total, total, seen: null });
const rows = new Map([
  [rowKey('eu', 'T|1', 'new'), row(1)],
  [rowKey('eu', 'T|1', 'old'), row(2)],
  [rowKey('eu', 'T|1', 'older'), row(4)],
  [rowKey('us', 'T|1', 'old'), row(8)],
  [rowKey('eu', 'T|2', 'old'), row(16)],
]);

test('the other rows of a place are those of its other revisions, whatever bars its names have', () => {
  expect(otherRows(rows, rowKey('eu', 'T|1', 'new'))).toEqual([row(2), row(4)]);
});

test('a place with one revision has none, nor has one that is not there', () => {
  expect(otherRows(rows, rowKey('eu', 'T|2', 'old'))).toEqual([]);
  expect(otherRows(rows, rowKey('ap', 'T|2', 'old'))).toEqual([]);
});
