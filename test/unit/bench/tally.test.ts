import { describe, expect, it } from 'vitest';
import type { Sample } from '../../bench/lab/sample.ts';
import { markdownTable, tallies } from '../../bench/lab/tally.ts';

const ours = (effectMs: number | null, ...nudgedAtMs: readonly number[]): Sample => ({
  command: 'abort',
  sender: 'ours',
  delayMs: 30,
  effectMs,
  nudgedAtMs,
});
const plain = (effectMs: number | null): Sample => ({ ...ours(effectMs), sender: 'plain' });

const [tally] = tallies([ours(80), ours(1090, 1000), ours(2050, 1000, 2000), ours(null), plain(null), plain(60)]);

describe('the tally of a command', () => {
  it.each([
    ['counts ours and plain ones apart', { sent: 4, plainSent: 2 }],
    ['takes what had no effect for lost', { lost: 1, plainLost: 1 }],
    ['says how many a nudge brought about, and how many the first one did not', { nudged: 2, nudgedAgain: 1 }],
    ['counts the nudges of those that needed none too', { nudges: { p50: 0, p99: 2, max: 2 } }],
    ['times the effects there were', { effectMs: { p50: 1090, p99: 2050, max: 2050 } }],
    ['times from the last nudge on', { afterNudgeMs: { p50: 50, p99: 90, max: 90 } }],
    ['times what the controller did by itself', { plainEffectMs: { p50: 60, p99: 60, max: 60 } }],
  ])('%s', (_, wanted) => {
    expect(tally).toMatchObject(wanted);
  });

  it('is not there for a command that was never sent', () => {
    expect(tallies([plain(60)]).map(({ command }) => command)).toEqual(['abort']);
  });

  it('leaves open what nobody could time', () => {
    expect(tallies([ours(null)])[0]).toMatchObject({ effectMs: null, afterNudgeMs: null, plainEffectMs: null });
  });
});

describe('the table of a situation', () => {
  const rows = markdownTable([tally!, ...tallies([plain(null)])]).split('\n');

  it('has a row for each command, as wide as its head', () => {
    const widths = rows.map((row) => row.split('|').length);
    expect(rows).toHaveLength(4);
    expect(new Set(widths).size).toBe(1);
  });

  it('says what was counted and timed', () => {
    expect(rows[2]).toBe('| abort | 4, 2 | 1 | 1 | 2 | 1 | 0, 2 | 1090, 2050, 2050 | 50, 90 | 60, 60, 60 |');
  });

  it('shows a dash for what is not there', () => {
    expect(rows[3]).toBe('| abort | 0, 1 | 0 | 1 | 0 | 0 | - | - | - | - |');
  });
});
