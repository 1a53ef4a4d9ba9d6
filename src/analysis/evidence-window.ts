/** Scrapes of which at least two must have found a series, or its samples are stale. */
const RECENT_SCRAPES = 3;

/** Scrapes closer together than this are late more often than lost, ms. */
const LEAST_RECENT_MS = 5_000;

/** The end of a window that must hold fresh samples, ms: the last three scrapes. */
export function recentMs(windowMs: number, scrapeIntervalMs: number): number {
  return Math.min(windowMs, Math.max(RECENT_SCRAPES * scrapeIntervalMs, LEAST_RECENT_MS));
}

/** Samples that a series has in a window when no scrape fails. At least 1. */
export function expectedScrapes(windowMs: number, scrapeIntervalMs: number): number {
  return scrapeIntervalMs > 0 ? Math.max(1, Math.floor(windowMs / scrapeIntervalMs)) : 1;
}
