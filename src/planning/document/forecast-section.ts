import type { Section } from './document-input.ts';
import { about, utc } from './figures.ts';
import { table } from './table.ts';

/** When each wave starts, bakes and passes if nothing goes wrong. */
export const forecastSection: Section = ({ forecast }) =>
  [
    `If it starts at ${utc(forecast.startAt)}, nothing fails, data suffice and approvals come at once, it ends at ${utc(forecast.endAt)}, ` +
      `after ${about(forecast.endAt - forecast.startAt)}. A forecast, not part of the hash.`,
    '',
    table(
      ['Wave', 'Batches', 'Starts', 'All promoted', 'Passes', 'Waits for windows'],
      forecast.waves.map((wave) => [
        wave.wave,
        `${wave.batches}`,
        utc(wave.startsAt),
        utc(wave.bakesAt),
        utc(wave.passesAt),
        wave.closedMs === 0 ? 'no' : about(wave.closedMs),
      ]),
    ),
  ].join('\n');
