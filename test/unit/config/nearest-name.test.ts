import { describe, expect, test } from 'vitest';
import { editDistance, nearestName, suggestion } from '../../../src/config/nearest-name.ts';

describe('the edit distance counts', () => {
  test.each([
    ['nothing to do', 'tier', 'tier', 0],
    ['a swap of neighbours once', 'teir', 'tier', 1],
    ['a missing letter', 'tie', 'tier', 1],
    ['one letter too many', 'tierr', 'tier', 1],
    ['a wrong letter', 'tiar', 'tier', 1],
    ['every letter of a word from nothing', '', 'tier', 4],
  ])('%s', (_, left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });
});

describe('the nearest name', () => {
  test.each([
    ['is the one with the fewest edits', 'teir', ['tier', 'items', 'id'], 'tier'],
    ['does not mind capitals', 'TENANT', ['Tenant', 'Pool'], 'Tenant'],
    ['is none when all are far', 'colour', ['cluster', 'namespace'], null],
    ['is the first of the alphabet among equals', 'ab', ['ac', 'aa'], 'aa'],
    ['is none for an endless word', 'x'.repeat(1000), ['x'.repeat(999)], null],
  ])('%s', (_, given, known, nearest) => {
    expect(nearestName(given, known)).toBe(nearest);
  });
});

describe('a suggestion', () => {
  test('lists what is known when nothing is near, and no more than a dozen', () => {
    const many = Array.from({ length: 20 }, (_, index) => `name-${String(index).padStart(2, '0')}`);
    expect(suggestion('zzz', ['b', 'a', 'b'])).toBe('; known are a, b');
    expect(suggestion('zzz', many)).toMatch(/name-11 and 8 more$/);
    expect(suggestion('zzz', [])).toBe('');
  });
});
