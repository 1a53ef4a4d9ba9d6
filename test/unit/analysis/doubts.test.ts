import { describe, expect, it } from 'vitest';
import { type Doubt, doubtOf, doubts } from '../../../src/analysis/doubts.ts';
import type { RowCounts, SeriesSeen } from '../../../src/domain/series-seen.ts';
import { aRow, GOOD, POLICY } from './some-rows.ts';

type Wanted = Pick<Doubt, 'kind' | 'reason' | 'against'> & { readonly message?: string };

const old = (ageMs: number): Partial<SeriesSeen> => ({ newest: { kind: 'old', ageMs }, recentEvents: null });
const ended: Partial<SeriesSeen> = { newest: { kind: 'ended' }, recentEvents: null, scrapes: 7 };

const cases: Readonly<Record<string, readonly [RowCounts, Wanted | null]>> = {
  'series as they should be are believed': [aRow(GOOD), null],
  'a source that does not tell is believed': [{ ...GOOD, seen: null }, null],
  'a restart is no lie': [aRow(GOOD, { resets: 1 }), null],
  'a pod that restarts again and again does not pass': [
    aRow(GOOD, { resets: 3 }),
    {
      kind: 'missing',
      reason: 'UnsteadyCounter',
      against: 'pass',
      message:
        'a counter fell 3 times in 12 scrapes: its pod restarts again and again, or two pods share its labels; look at the restarts',
    },
  ],
  'a counter that falls more often is written twice': [
    aRow(GOOD, { resets: 4 }),
    {
      kind: 'missing',
      reason: 'UnsteadyCounter',
      against: 'counts',
      message:
        'a counter fell 4 times in 12 scrapes: two processes write one series, or a scrape meets another pod each time; give each pod a label of its own',
    },
  ],
  'in few scrapes two falls are many': [
    aRow(GOOD, { resets: 2, scrapes: 7 }),
    { kind: 'missing', reason: 'UnsteadyCounter', against: 'counts' },
  ],
  'though one may always be a restart': [aRow(GOOD, { resets: 1, scrapes: 6 }), null],
  'series that have ended say so, with what they had counted': [
    aRow({ good: 650, total: 650 }, ended),
    {
      kind: 'missing',
      reason: 'SeriesVanished',
      against: 'pass',
      message:
        '650 requests in the window, and then all series ended over 30s ago: the pods are gone or their scrapes fail; check up{} of these pods',
    },
  ],
  'old samples say how old': [
    aRow(GOOD, old(75_000)),
    {
      kind: 'missing',
      reason: 'StaleSamples',
      against: 'pass',
      message: 'the newest sample is 1m15s old, scraped every 10s: check the scrapes and the lag of the source',
    },
  ],
  'half of the scrapes are enough': [aRow(GOOD, { scrapes: 6 }), null],
  'fewer are a gap': [
    aRow(GOOD, { scrapes: 5 }),
    {
      kind: 'missing',
      reason: 'ScrapeGap',
      against: 'pass',
      message: "5 of 12 scrapes in 2m: scrapes fail, or the source's scrapeInterval is not 10s",
    },
  ],
  'a gap that made requests too few is a gap': [
    aRow({ good: 250, total: 250 }, { scrapes: 5 }),
    { kind: 'missing', reason: 'ScrapeGap', against: 'pass' },
  ],
  'a few requests that only just began are no gap': [aRow({ good: 40, total: 40 }, { scrapes: 3 }), null],
  'no event in the last scrapes of a busy window is a stand-still': [
    aRow({ good: 600, total: 600 }, { recentEvents: 0 }),
    {
      kind: 'inconclusive',
      reason: 'SeriesStandStill',
      against: 'pass',
      message:
        '600 requests in the window, none in its last 30s though scrapes come in: traffic has stopped, or an exporter repeats the values of a dead pod',
    },
  ],
  'of a quiet window it is chance': [aRow({ good: 79, total: 79 }, { recentEvents: 0 }), null],
  'without two samples nothing is known of the last scrapes': [aRow(GOOD, { recentEvents: null }), null],
};

describe('doubtOf', () => {
  it.each(Object.entries(cases))('%s', (_, [row, wanted]) => {
    const found = doubtOf(row, POLICY);
    if (wanted === null) expect(found).toBeNull();
    else expect(found).toMatchObject(wanted);
  });

  it('has a case for every doubt', () => {
    const told = new Set(Object.values(cases).flatMap(([, wanted]) => wanted?.reason ?? []));
    expect(told.size).toBe(doubts.length);
  });
});
