import { quantile } from '../quantile.ts';
import { COMMAND_NAMES, type CommandName, type Sample } from './sample.ts';

/** What all samples of one command say. Times in ms; `null` where there was nothing to measure. */
export interface Tally {
  readonly command: CommandName;
  readonly sent: number;
  readonly lost: number;
  readonly plainSent: number;
  readonly plainLost: number;
  /** Of ours: had no effect until they were nudged. */
  readonly nudged: number;
  /** Of ours: needed more than one nudge. */
  readonly nudgedAgain: number;
  readonly nudges: Spread | null;
  readonly effectMs: Spread | null;
  /** Of the plain ones that were not lost: what the controller took by itself. */
  readonly plainEffectMs: Spread | null;
  /** From the last nudge to the effect: long where the controller was slow, short where the nudges before were lost too. */
  readonly afterNudgeMs: Spread | null;
}

/** Middle, 99th percentile and longest. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One tally for each command that was sent. */
export function tallies(samples: readonly Sample[]): readonly Tally[] {
  return COMMAND_NAMES.map((command) => samples.filter((one) => one.command === command))
    .filter((all) => all.length > 0)
    .map((all) => tallyOf(all[0]!.command, all));
}

function tallyOf(command: CommandName, all: readonly Sample[]): Tally {
  const ours = all.filter(({ sender }) => sender === 'ours');
  const plain = all.filter(({ sender }) => sender === 'plain');
  const isLost = ({ effectMs }: Sample) => effectMs === null;
  const nudged = ours.filter(({ nudgedAtMs }) => nudgedAtMs.length > 0);
  return {
    command,
    sent: ours.length,
    lost: ours.filter(isLost).length,
    plainSent: plain.length,
    plainLost: plain.filter(isLost).length,
    nudged: nudged.length,
    nudgedAgain: nudged.filter(({ nudgedAtMs }) => nudgedAtMs.length > 1).length,
    nudges: spreadOf(ours.map(({ nudgedAtMs }) => nudgedAtMs.length)),
    effectMs: spreadOf(ours.flatMap(({ effectMs }) => effectMs ?? [])),
    plainEffectMs: spreadOf(plain.flatMap(({ effectMs }) => effectMs ?? [])),
    afterNudgeMs: spreadOf(
      nudged.flatMap(({ effectMs, nudgedAtMs }) => (effectMs === null ? [] : effectMs - nudgedAtMs.at(-1)!)),
    ),
  };
}

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1) };
}

/** The table of one situation, in Markdown. */
export function markdownTable(rows: readonly Tally[]): string {
  const cells = [
    'command',
    'sent, ours and plain',
    'lost, ours',
    'lost, plain',
    'needed a nudge',
    'a second one',
    'nudges p50, max',
    'effect p50, p99, max, ms',
    'after the last nudge p50, max, ms',
    'plain, not lost: effect p50, p99, max, ms',
  ];
  return [rowOf(cells), rowOf(cells.map(() => '---')), ...rows.map((one) => rowOf(cellsOf(one)))].join('\n');
}

function cellsOf(tally: Tally): readonly string[] {
  const { nudges, effectMs, afterNudgeMs, plainEffectMs } = tally;
  return [
    tally.command,
    `${tally.sent}, ${tally.plainSent}`,
    String(tally.lost),
    String(tally.plainLost),
    String(tally.nudged),
    String(tally.nudgedAgain),
    nudges === null ? '-' : `${nudges.p50}, ${nudges.max}`,
    spreadText(effectMs),
    afterNudgeMs === null ? '-' : `${afterNudgeMs.p50}, ${afterNudgeMs.max}`,
    spreadText(plainEffectMs),
  ];
}

const spreadText = (spread: Spread | null): string =>
  spread === null ? '-' : `${spread.p50}, ${spread.p99}, ${spread.max}`;

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
