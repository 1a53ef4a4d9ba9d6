/** A point in time, milliseconds since the Unix epoch. Made only by clocks and by `parseInstant`. */
export type Instant = number & { readonly __instant: unique symbol };

/** Marks a number of milliseconds since the epoch as an instant. */
export function instant(epochMs: number): Instant {
  return epochMs as Instant;
}

/** Reads an RFC 3339 timestamp; `null` when it is not one. */
export function parseInstant(text: string): Instant | null {
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? null : instant(epochMs);
}

/** The RFC 3339 form in UTC, with milliseconds. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** The instant `ms` milliseconds after `at`. */
export function later(at: Instant, ms: number): Instant {
  return instant(at + ms);
}

/** The earliest of the instants that are not `null`; `null` when there is none. */
export function earliest(...instants: readonly (Instant | null)[]): Instant | null {
  let first: Instant | null = null;
  for (const at of instants) if (at !== null && (first === null || at < first)) first = at;
  return first;
}

/** A duration as people write it: `90s` → `1m30s`, 1500 ms → `1.5s`. */
export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 100) / 10}s`;
  const totalSeconds = Math.round(ms / 1000);
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds % 3600) / 60);
  const seconds = totalSeconds % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${seconds}s` : ''}`;
}
