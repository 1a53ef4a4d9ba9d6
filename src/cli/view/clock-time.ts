import { DateTime } from 'luxon';
import type { Instant } from '../../domain/time.ts';

/** `12:40:07` in the zone. */
export function clockTime(at: Instant, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('HH:mm:ss');
}

/** `12:40:07 UTC`; with the day when it is another one than `now`. */
export function clockTimeInZone(at: Instant, now: Instant, zone: string): string {
  const there = DateTime.fromMillis(at, { zone });
  const isToday = there.hasSame(DateTime.fromMillis(now, { zone }), 'day');
  return `${there.toFormat(isToday ? 'HH:mm:ss' : 'ccc d LLL HH:mm')} ${there.offsetNameShort}`;
}

/** Whole seconds, then minutes, as people say them: `7 s`, `2 min 5 s`, `3 h 10 min`. Rounded up: a countdown ends at 0. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
