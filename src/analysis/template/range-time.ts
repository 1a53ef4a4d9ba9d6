import { type Instant, later } from '../../domain/time.ts';
import { parseGoDuration } from './go-duration.ts';

/** The instant that an edge of a range query names. */
export type RangeTime =
  | { readonly kind: 'at'; readonly at: Instant }
  | { readonly kind: 'invalid'; readonly message: string };

const EDGE = /^\s*now\(\s*\)((?:\s*[+-]\s*duration\(\s*(?:"[^"\\]*"|'[^'\\]*')\s*\))*)\s*$/;
const TERM = /([+-])\s*duration\(\s*["']([^"']*)["']\s*\)/g;

/**
 * Reads `now()` and `now() - duration("1h")`, also with several durations.
 *
 * Argo takes any expression that gives a time; the rest of them is refused here.
 */
export function rangeTime(text: string, now: Instant): RangeTime {
  const terms = EDGE.exec(text)?.[1];
  if (terms === undefined) {
    return { kind: 'invalid', message: `expected now() or now() - duration("1h"), got ${JSON.stringify(text)}` };
  }
  let at = now;
  for (const [, sign, duration = ''] of terms.matchAll(TERM)) {
    const reading = parseGoDuration(duration);
    if (reading.kind === 'invalid') return { kind: 'invalid', message: reading.message };
    at = later(at, sign === '-' ? -reading.ms : reading.ms);
  }
  return { kind: 'at', at };
}
