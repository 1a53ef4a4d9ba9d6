import { expect, test } from 'vitest';
import { mangled } from '../fuzz/mangle.ts';
import { readMangled } from '../fuzz/read-mangled.ts';

const DOCUMENTS = 20_000;

/** Pieces of a thousand: what hangs is near the first seed of its piece. */
const PIECES = 20;

test.each(Array.from({ length: PIECES }, (_, piece) => 1 + (piece * DOCUMENTS) / PIECES))(
  'a thousand damaged documents from seed %i on are each parsed or refused',
  (seed) => {
    const report = readMangled(DOCUMENTS / PIECES, seed);
    expect(report.failed).toEqual([]);
    expect(report.parsed).toBeGreaterThan(10);
    expect(report.refused).toBeGreaterThan(100);
    process.stdout.write(
      `seeds from ${seed}: ${report.cpuMs.toFixed(0)} ms of processor time, the slowest ${report.slowest.cpuMs.toFixed(1)} ms\n`,
    );
  },
);

test('a seed is one document', () => {
  expect(mangled(7)).toBe(mangled(7));
  expect(mangled(7)).not.toBe(mangled(8));
});
