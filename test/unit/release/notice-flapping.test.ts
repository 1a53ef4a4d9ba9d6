import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '../../../src/domain/release-status.ts';
import { hearStory, QUIET_MS } from '../../../src/release/notice-flapping.ts';
import { line, minute, toldRelease } from './told-release.ts';

const held = (at: number, reason = 'DataMissing') => line(at, reason, `holds: ${reason}`);
const over = (at: number, reason = 'DataMissing') => line(at, `${reason}Over`, `goes on after ${reason}`);

/** A wait that begins at each even minute of a span and ends at the next odd one. */
const flapping = (from: number, to: number): readonly TimelineEntry[] =>
  Array.from({ length: to - from }, (_, index) => from + index).map((at) => (at % 2 === 0 ? held(at) : over(at)));

/** `20 DataMissing` of what is told at once, `30: 22 DataMissing` of what is told at minute 30; with how often it came and went. */
function heard(story: readonly TimelineEntry[], waiting: readonly string[] = []) {
  const release = toldRelease(story, { waitingFor: waiting.map((reason) => ({ reason, message: reason })) });
  const { lines, later } = hearStory(release, story);
  const text = ({
    at,
    reason,
    message,
  }: {
    readonly at: number;
    readonly reason: string;
    readonly message: string;
  }) => {
    const times = /\(it came and went (.*)\)/.exec(message)?.[1];
    return `${(at - minute(0)) / 60_000} ${reason}${times === undefined ? '' : `, ${times}`}`;
  };
  return [
    ...lines.filter(({ isFolded }) => !isFolded).map(({ notice }) => text(notice)),
    ...later.map(({ notice, dueAt }) => `${(dueAt - minute(0)) / 60_000}: ${text(notice)}`),
  ];
}

describe('of a wait that comes and goes', () => {
  const cases: readonly (readonly [string, readonly TimelineEntry[], readonly string[], readonly string[]])[] = [
    ['once, both ways are told at once', [held(20), over(21)], [], ['20 DataMissing', '21 DataMissingOver']],
    [
      'twice, with a quiet time between, everything is told',
      [held(20), over(21), held(31), over(32)],
      [],
      ['20 DataMissing', '21 DataMissingOver', '31 DataMissing', '32 DataMissingOver'],
    ],
    [
      'and is back to what was told last, nothing more is told',
      [held(20), over(21), held(22), over(23)],
      [],
      ['20 DataMissing', '21 DataMissingOver'],
    ],
    [
      'and stays, it is told when the quiet time is over',
      [held(20), over(21), held(22)],
      ['DataMissing'],
      ['20 DataMissing', '21 DataMissingOver', '30: 22 DataMissing'],
    ],
    [
      'and stays after some times, it says how many',
      [held(20), over(21), held(22), over(23), held(24), over(25), held(26)],
      ['DataMissing'],
      ['20 DataMissing', '21 DataMissingOver', '30: 26 DataMissing, 2 times more in 8m'],
    ],
    [
      'and ends while its quiet time runs, the end is told when that is over',
      [held(20), over(21), held(30), over(30.5)],
      [],
      ['20 DataMissing', '21 DataMissingOver', '30 DataMissing', '31: 30.5 DataMissingOver'],
    ],
    [
      'every minute, each way is told once in ten minutes, with how often it was',
      flapping(20, 42),
      [],
      [
        '20 DataMissing',
        '21 DataMissingOver',
        '30 DataMissing, 4 times more in 8m',
        '31 DataMissingOver',
        '40 DataMissing, 4 times more in 8m',
        '41 DataMissingOver',
      ],
    ],
    [
      'what was told late counts as told then',
      [held(20), over(21), held(22), over(35), held(36)],
      ['DataMissing'],
      ['20 DataMissing', '21 DataMissingOver', '35 DataMissingOver', '40: 36 DataMissing'],
    ],
    [
      'and is cut off by a rollback, nothing stale is told later',
      [held(20), over(21), held(22), line(23, 'RollbackDecided', 'wave business failed')],
      [],
      ['20 DataMissing', '21 DataMissingOver', '23 RollbackDecided'],
    ],
  ];
  it.each(cases)('%s', (_, story, waiting, expected) => {
    expect(heard(story, waiting)).toEqual(expected);
  });

  it('the same is heard from every later look at the story', () => {
    const story = flapping(20, 60);
    const whole = hearStory(toldRelease(story), story).lines;
    for (const [index, entry] of story.entries()) {
      const soFar = story.slice(0, index + 1);
      const [seen] = hearStory(toldRelease(soFar), [entry]).lines;
      expect({ index, ...seen }).toEqual({ index, ...whole[index] });
    }
  });
});

describe('nothing is folded', () => {
  it.each([
    ['an approval that is missing again', 'ApprovalRequired'],
    ['a command that is stuck again', 'CommandStuck'],
    ['a rollback that is not complete again', 'RollbackPending'],
  ])('of %s', (_, reason) => {
    const story = [20, 21, 22, 23, 24].flatMap((at) => [held(at, reason), over(at + 0.5, reason)]);
    expect(heard(story)).toHaveLength(story.length);
  });

  it('of different waits, nor of the same in another wave', () => {
    const story = [held(5), over(6), held(7, 'WindowClosed'), held(20), over(21), held(22, 'SourceUnavailable')];
    expect(heard(story)).toHaveLength(story.length);
  });

  it('of what is no wait, however often it comes', () => {
    const story = [1, 2, 3].map((at) => line(at, 'SloFailed', 'tenant acme failed'));
    expect(heard(story)).toHaveLength(3);
  });
});

it('the quiet time is ten minutes, as docs/notifications.md says', () => {
  expect(QUIET_MS).toBe(600_000);
});
