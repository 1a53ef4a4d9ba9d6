import { describe, expect, it } from 'vitest';
import { LabUnavailable } from '../../../src/cli/demo/lab/lab-unavailable.ts';
import { badArgument, describeFailure } from '../../../src/cli/failure.ts';
import { ConflictError, InvalidInput, TerminalError, TransientError } from '../../../src/domain/errors.ts';

const place = { file: 'a.yaml', line: 3, column: 5, path: 'spec.tier' };
const HINT = 'run it again with --log-level debug to see where it happened';

describe('what a failure comes to', () => {
  it.each([
    [
      'input by every issue',
      new InvalidInput([
        { ...place, message: 'unknown' },
        { ...place, line: 4, message: 'empty' },
      ]),
      2,
      ['error: a.yaml:3:5 spec.tier: unknown', 'error: a.yaml:4:5 spec.tier: empty'],
    ],
    ['an argument by its words alone', badArgument('--at: no time'), 2, ['error: --at: no time']],
    ['a refusal that stays', new TerminalError('get hub: forbidden'), 1, ['error: get hub: forbidden']],
    ['a server that is away', new TransientError('get hub: timed out'), 1, ['error: get hub: timed out']],
    ['somebody who was first', new ConflictError('patch a: changed'), 1, ['error: patch a: changed']],
    ['what is not on this machine', new LabUnavailable('there is no Go'), 3, ['error: there is no Go']],
    ['a bug, with where to look', new RangeError('broken'), 1, ['error: broken', HINT]],
    ['something that is no error', 'odd', 1, ['error: odd', HINT]],
  ])('%s', (_, error, code, lines) => {
    const failure = describeFailure(error, false);
    expect(failure.code).toBe(code);
    expect(failure.lines).toEqual(lines);
  });

  it('shows the stack of a bug only where it is asked for', () => {
    const { lines } = describeFailure(new RangeError('broken'), true);
    expect(lines[0]).toBe('error: broken');
    expect(lines[1]).toMatch(/^ {4}at /);
    expect(lines).not.toContain(HINT);
  });

  it('keeps the issues for machines', () => {
    const { json } = describeFailure(badArgument('a', 'b'), false);
    expect(json).toMatchObject({ kind: 'InvalidInput', issues: [{ message: 'a' }, { message: 'b' }] });
  });
});
