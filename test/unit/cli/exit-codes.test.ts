import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { lastJson, say } from './fake-context.ts';

const RELEASE = ['--release', 'storefront-4.12.0'];
const WITH_WARNINGS = ['--release', 'storefront-4.14.0'];

describe('exit codes of command lines that need no cluster', () => {
  it.each([
    ['help that was asked for', ['--help'], exitCodes.done, ''],
    ['a version that was asked for', ['--version'], exitCodes.done, ''],
    ['nothing at all', [], exitCodes.badInput, 'Usage: tidegate'],
    ['a misspelt command', ['paln'], exitCodes.badInput, 'Did you mean plan?'],
    ['a misspelt flag', ['plan', '--relase', 'x'], exitCodes.badInput, 'Did you mean --release?'],
    [
      'a format that is not there',
      ['lint', '-f', 'waves', '-o', 'xml'],
      exitCodes.badInput,
      'Allowed choices are text, json',
    ],
    ['a port that is none', ['sandbox', '--port-base', 'x'], exitCodes.badInput, 'expected a port'],
    [
      'a mandatory flag left out',
      ['apply'],
      exitCodes.badInput,
      "required option '-f, --files <path...>' not specified",
    ],
    [
      'a file that is not there',
      ['lint', '-f', 'nowhere.yaml'],
      exitCodes.badInput,
      'reading nowhere.yaml: no such file',
    ],
    [
      'several releases and none named',
      ['plan', '-f', 'waves'],
      exitCodes.badInput,
      'which release? give --release with one of',
    ],
    [
      'a misspelt release',
      ['plan', '-f', 'waves', '--release', 'storefront-4.21.0'],
      exitCodes.badInput,
      'did you mean',
    ],
    ['files without a release', ['plan', '-f', 'waves/fleet.yaml'], exitCodes.badInput, 'there is no Release'],
    [
      'a time that is none',
      ['plan', '-f', 'waves', ...RELEASE, '--start-at', 'soon'],
      exitCodes.badInput,
      '--start-at: expected a time',
    ],
    [
      'a target that is not there',
      ['render', '-f', 'waves', ...RELEASE, '--target', 'shared-eu/globx/storefront'],
      exitCodes.badInput,
      'did you mean "shared-eu/globex/storefront"?',
    ],
    [
      'a traffic file that is not there',
      ['sandbox', '--no-prometheus', '--traffic', 'nowhere.traffic'],
      exitCodes.badInput,
      'reading nowhere.traffic',
    ],
    [
      'a baseline that is not there',
      ['sandbox', '--no-prometheus', '--baseline', 'storefront-1'],
      exitCodes.badInput,
      '--baseline: unknown release "storefront-1"',
    ],
    [
      'a document that cannot be written',
      ['plan', '-f', 'waves', ...RELEASE, '--out', 'nowhere/plan.md'],
      exitCodes.badInput,
      '--out: writing nowhere/plan.md: ENOENT',
    ],
    ['a good plan', ['plan', '-f', 'waves', ...RELEASE], exitCodes.done, ''],
    ['a plan with warnings', ['plan', '-f', 'waves', ...WITH_WARNINGS], exitCodes.done, ''],
    [
      'a plan with warnings where none are wanted',
      ['plan', '-f', 'waves', ...WITH_WARNINGS, '--fail-on', 'warning'],
      exitCodes.refused,
      '',
    ],
    [
      'a plan without warnings where none are wanted',
      ['plan', '-f', 'waves', ...RELEASE, '--fail-on', 'warning'],
      exitCodes.done,
      '',
    ],
    ['good files', ['lint', '-f', 'waves'], exitCodes.done, 'warning: release storefront-4.14.0: StepsMerged'],
    [
      'files with warnings where none are wanted',
      ['lint', '-f', 'waves', '--fail-on', 'warning'],
      exitCodes.refused,
      'StepsMerged',
    ],
  ] as const)('%s', async (_, args, code, onStderr) => {
    const said = await say(...args);
    expect(said.stderr).toContain(onStderr);
    expect(said.code).toBe(code);
  });
});

describe('a wrong command line that asks for JSON', () => {
  it.each([
    ['a mandatory flag left out', ['apply', '-o', 'json'], "required option '-f, --files <path...>' not specified"],
    ['a misspelt command', ['paln', '--output', 'json'], 'Did you mean plan?'],
    ['a misspelt flag', ['plan', '--relase', 'x', '--output=json'], 'Did you mean --release?'],
  ])('%s is an object too, on the last line', async (_, args, message) => {
    const said = await say(...args);
    expect(said.code).toBe(exitCodes.badInput);
    expect(lastJson(said.stdout)).toMatchObject({
      error: { kind: 'InvalidInput', message: expect.stringContaining(message) },
    });
  });
});
