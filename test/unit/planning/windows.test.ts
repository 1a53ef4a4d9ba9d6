import { describe, expect, it } from 'vitest';
import { formatInstant, type Instant, instant } from '../../../src/domain/time.ts';
import type { Window } from '../../../src/domain/wave-plan.ts';
import { isKnownTimezone, isOpen, nextClose, nextOpen } from '../../../src/planning/windows.ts';

const at = (text: string): Instant => instant(Date.parse(text));
const show = (value: Instant | null): string | null => (value === null ? null : formatInstant(value).slice(0, 16));
const berlin = (days: Window['days'], from: string, to: string): Window => ({
  days,
  from,
  to,
  timezone: 'Europe/Berlin',
});

const weekdays = berlin(['Mon', 'Tue', 'Wed', 'Thu'], '09:00', '16:00');
const sundayNight = berlin(['Sun'], '02:30', '05:00');
const twiceNight = berlin(['Sun'], '02:30', '02:45');

describe('isOpen', () => {
  const cases: readonly [string, readonly Window[], string, boolean][] = [
    ['no window is always open', [], '2026-11-22T03:00:00Z', true],
    ['the first minute is open', [weekdays], '2026-11-23T08:00:00Z', true],
    ['the last minute is open', [weekdays], '2026-11-23T14:59:59Z', true],
    ['`to` is closed', [weekdays], '2026-11-23T15:00:00Z', false],
    ['another weekday is closed', [weekdays], '2026-11-27T10:00:00Z', false],
    ['the weekday is the local one', [berlin(['Mon'], '00:00', '01:00')], '2026-11-22T23:30:00Z', true],
    ['any of two windows opens', [weekdays, berlin(['Fri'], '09:00', '12:00')], '2026-11-27T10:00:00Z', true],
    ['summer time moves the window in UTC', [weekdays], '2026-07-06T07:00:00Z', true],
    ['the skipped hour is passed over', [sundayNight], '2026-03-29T00:59:00Z', false],
    ['after the skipped hour it is open', [sundayNight], '2026-03-29T01:00:00Z', true],
    ['the first 02:30 of autumn is open', [twiceNight], '2026-10-25T00:30:00Z', true],
    ['between the two 02:30 it is closed', [twiceNight], '2026-10-25T00:50:00Z', false],
    ['the second 02:30 of autumn is open', [twiceNight], '2026-10-25T01:30:00Z', true],
  ];
  it.each(cases)('%s', (_, windows, when, expected) => {
    expect(isOpen(windows, at(when))).toBe(expected);
  });
});

describe('nextOpen', () => {
  const cases: readonly [string, readonly Window[], string, string | null][] = [
    ['open now: now', [weekdays], '2026-11-23T10:17:00Z', '2026-11-23T10:17'],
    ['the evening waits for the morning', [weekdays], '2026-11-23T15:00:00Z', '2026-11-24T08:00'],
    ['Thursday evening waits for Monday', [weekdays], '2026-11-26T18:00:00Z', '2026-11-30T08:00'],
    [
      'the earlier of two windows',
      [weekdays, berlin(['Fri'], '20:00', '21:00')],
      '2026-11-26T18:00:00Z',
      '2026-11-27T19:00',
    ],
    ['a start that spring skips opens at the change', [sundayNight], '2026-03-28T12:00:00Z', '2026-03-29T01:00'],
    ['autumn opens at the first 02:30', [twiceNight], '2026-10-24T12:00:00Z', '2026-10-25T00:30'],
    ['autumn opens again at the second 02:30', [twiceNight], '2026-10-25T00:50:00Z', '2026-10-25T01:30'],
    ['a window that ended an hour ago waits a week', [sundayNight], '2026-11-22T05:00:00Z', '2026-11-29T01:30'],
    ['across a change of the clock', [weekdays], '2026-10-22T15:00:00Z', '2026-10-26T08:00'],
    [
      'a window that spring swallows whole opens a week later',
      [berlin(['Sun'], '02:10', '02:50')],
      '2026-03-28T12:00:00Z',
      '2026-04-05T00:10',
    ],
    ['a window without days never opens', [berlin([], '09:00', '10:00')], '2026-11-23T10:17:00Z', null],
  ];
  it.each(cases)('%s', (_, windows, when, expected) => {
    expect(show(nextOpen(windows, at(when)))).toBe(expected);
  });
});

describe('nextClose', () => {
  const cases: readonly [string, readonly Window[], string, string | null][] = [
    ['closes at `to`', [weekdays], '2026-11-23T10:00:00Z', '2026-11-23T15:00'],
    ['closed now: null', [weekdays], '2026-11-23T16:00:00Z', null],
    ['no window never closes', [], '2026-11-23T16:00:00Z', null],
    [
      'windows that touch are one',
      [weekdays, berlin(['Mon'], '16:00', '18:00')],
      '2026-11-23T10:00:00Z',
      '2026-11-23T17:00',
    ],
    [
      'the clock of autumn closes it early',
      [berlin(['Sun'], '02:30', '04:00')],
      '2026-10-25T00:40:00Z',
      '2026-10-25T01:00',
    ],
  ];
  it.each(cases)('%s', (_, windows, when, expected) => {
    expect(show(nextClose(windows, at(when)))).toBe(expected);
  });
});

describe('isKnownTimezone', () => {
  it('knows Europe/Berlin and refuses Europe/Atlantis', () => {
    expect([isKnownTimezone('Europe/Berlin'), isKnownTimezone('Europe/Atlantis')]).toEqual([true, false]);
  });
});
