import { beforeAll, describe, expect, inject, test } from 'vitest';
import { endOf, linesOf } from './story.ts';

const story = inject('stories').start;

/** Bound, for a machine that does ten things at once: it takes three minutes on a quiet one. */
const WALK_LIMIT_MS = 1_200_000;

describe.skipIf(inject('lab') === null)(
  'a newcomer walks through docs/start.md, each command as it stands there',
  () => {
    let ended: string;
    let said: readonly string[];

    beforeAll(async () => {
      ended = await endOf(story!);
      said = linesOf(story!);
      console.log(said.at(-1));
    }, WALK_LIMIT_MS);

    test('every command does what the page says', () => {
      expect(ended).toContain('ended with exit code 0');
    });

    test.each([
      [
        'the version that runs now reaches both, and the doctor finds nothing',
        /^ +ok +targets +2 targets, all there, healthy and stable/,
      ],
      [
        'the free customer has the next one, and enterprise waits for a person',
        /^waits: wave enterprise has 0 of 1 approvals/,
      ],
      ['everybody has the next one, once it is approved', /2 tenants on next \(100 % of weight\)/],
      ['everybody is taken back', /every target of the scope is back on the version it had/],
    ])('%s', (_, sought) => {
      expect(said.filter((line) => sought.test(line))).not.toEqual([]);
    });
  },
);
