import { DateTime } from 'luxon';
import { type Instant, instant } from '../domain/time.ts';
import type { Weekday, Window } from '../domain/wave-plan.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A window comes round once a week; two days more cover time zones and clock changes. */
const HORIZON_DAYS = 9;
const WEEKDAYS: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether exposure may widen at `at`: in one of the windows by its wall clock, or always when there is none. */
export function isOpen(windows: readonly Window[], at: Instant): boolean {
  return windows.length === 0 || windows.some((window) => isInside(window, at));
}

/** The first instant at or after `at` that is open; `null` when no window opens within nine days. */
export function nextOpen(windows: readonly Window[], at: Instant): Instant | null {
  if (isOpen(windows, at)) return at;
  return firstOf(
    windows.flatMap((window) => clockReadings(window, window.from, at)),
    at,
    (candidate) => isOpen(windows, candidate),
  );
}

/** The first instant after `at` that is closed; `null` when it is closed already or stays open for nine days. */
export function nextClose(windows: readonly Window[], at: Instant): Instant | null {
  if (!isOpen(windows, at)) return null;
  return firstOf(
    windows.flatMap((window) => clockReadings(window, window.to, at)),
    at,
    (candidate) => !isOpen(windows, candidate),
  );
}

/** Whether a time zone name is one that this runtime knows. */
export function isKnownTimezone(timezone: string): boolean {
  return DateTime.fromMillis(0, { zone: timezone }).isValid;
}

/** The wall clock decides, so an hour that comes twice is open twice and one that is skipped is not open at all. */
function isInside(window: Window, at: Instant): boolean {
  const local = DateTime.fromMillis(at, { zone: window.timezone });
  if (!local.isValid || !window.days.includes(WEEKDAYS[local.weekday - 1] ?? 'Mon')) return false;
  const minute = local.hour * 60 + local.minute;
  return minute >= minutesOf(window.from) && minute < minutesOf(window.to);
}

function firstOf(candidates: readonly number[], from: Instant, wanted: (at: Instant) => boolean): Instant | null {
  const ahead = candidates.filter((candidate) => candidate >= from).sort((a, b) => a - b);
  const first = ahead.find((candidate) => wanted(instant(candidate)));
  return first === undefined ? null : instant(first);
}

/**
 * Every instant of the coming days at which the window's wall clock may read `time` for the first time: that of each UTC
 * offset of the day, and the change of the clock itself, which may jump over `time`.
 */
function clockReadings(window: Window, time: string, from: Instant): readonly number[] {
  const readings: number[] = [];
  for (let day = -1; day < HORIZON_DAYS; day++) {
    const start = DateTime.fromMillis(from + day * DAY_MS, { zone: window.timezone }).startOf('day');
    if (!start.isValid) continue;
    const end = start.plus({ days: 1 });
    const localMs = Date.UTC(start.year, start.month - 1, start.day) + minutesOf(time) * MINUTE_MS;
    readings.push(localMs - start.offset * MINUTE_MS);
    if (start.offset === end.offset) continue;
    readings.push(localMs - end.offset * MINUTE_MS, clockChange(start.toMillis(), end.toMillis(), window.timezone));
  }
  return readings;
}

/** The first instant in (`from`, `to`] that has another UTC offset than `from`. */
function clockChange(from: number, to: number, timezone: string): number {
  const offsetAt = (at: number): number => DateTime.fromMillis(at, { zone: timezone }).offset;
  let before = from;
  let after = to;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle) === offsetAt(from)) before = middle;
    else after = middle;
  }
  return after;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
