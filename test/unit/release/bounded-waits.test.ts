import { expect, test } from 'vitest';
import { boundedWaits, headlines, WAITS_PER_REASON } from '../../../src/release/bounded-waits.ts';

const late = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ reason: 'RollbackPending', message: `t${index} is not back yet` }));

test('as many lines as the bound stay as they are', () => {
  expect(boundedWaits(late(WAITS_PER_REASON))).toEqual(late(WAITS_PER_REASON));
});

test('of 2 000 targets the first are named and the rest counted', () => {
  const bounded = boundedWaits([...late(2_000), { reason: 'Frozen', message: 'freeze stop' }]);
  expect(bounded).toHaveLength(WAITS_PER_REASON + 2);
  expect(bounded.slice(-2)).toEqual([
    { reason: 'RollbackPending', message: 'and 1980 more targets' },
    { reason: 'Frozen', message: 'freeze stop' },
  ]);
});

test('the story has one line a reason', () => {
  expect(headlines(late(3))).toEqual([{ reason: 'RollbackPending', message: 't0 is not back yet (and 2 more)' }]);
  expect(headlines(late(1))).toEqual(late(1));
});
