import { expect, test } from 'vitest';
import { instant } from '../../../src/domain/time.ts';
import { boundedStory, boundedWaits, headlines, WAITS_PER_REASON } from '../../../src/release/bounded-waits.ts';

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

test.each([
  ['a story that is short enough stays as it is', 'a b', 4, 'a b'],
  ['the oldest line goes', 'a b c d e', 4, 'b c d e'],
  ['an older wait, or its end, goes first', 'a w b o c d', 4, 'a b c d'],
  ['and then the oldest line', 'a w b c d e', 4, 'b c d e'],
  ['a wait of the newer half stays', 'a b c w o', 4, 'b c w o'],
])('%s: %s', (_, lines, limit, kept) => {
  const story = lines.split(' ').map((word) => {
    if (word === 'w') return { at: instant(0), reason: 'DataMissing', message: 'holds: w' };
    return { at: instant(0), reason: word === 'o' ? 'DataMissingOver' : word, message: word };
  });
  const words = boundedStory(story, limit).map(({ message }) => message.replace('holds: ', ''));
  expect(words.join(' ')).toBe(kept);
});
