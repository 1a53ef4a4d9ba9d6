import type { WrittenSeries } from '../contract/metric-source/remote-write.ts';

/** How often these series are scraped, ms. */
export const SCRAPE_MS = 10_000;

/** The bits of the NaN by which a Prometheus marks that a series has ended. */
const STALE_MARK = Buffer.from('7ff0000000000002', 'hex').readDoubleBE();

/** One series as a Prometheus that scrapes every ten seconds would have stored it. */
export interface Scraped {
  readonly labels: Readonly<Record<string, string>>;
  /** The counter's value at a scrape; `null`: the scrape failed or did not find it. @param agoMs before the measurement */
  readonly value: (agoMs: number) => number | null;
  /** Whether the end of the series was marked, as it is when its target goes. @default false */
  readonly isMarked?: boolean;
  /** Length of its history, ms. @default 600 000 */
  readonly historyMs?: number;
}

/** Its samples up to the measurement at `atMs`. */
export function scraped(
  { labels, value, isMarked = false, historyMs = 600_000 }: Scraped,
  atMs: number,
): WrittenSeries {
  const samples: { atMs: number; value: number }[] = [];
  let before: number | null = null;
  for (let agoMs = historyMs; agoMs >= 0; agoMs -= SCRAPE_MS) {
    const now = value(agoMs);
    if (now !== null) samples.push({ atMs: atMs - agoMs, value: now });
    else if (before !== null && isMarked) samples.push({ atMs: atMs - agoMs, value: STALE_MARK });
    before = now;
  }
  return { labels, samples };
}
