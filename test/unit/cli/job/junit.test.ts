import { expect, test } from 'vitest';
import { type CaseOutcome, junitXml } from '../../../../src/cli/job/junit.ts';

const xmlOf = (name: string, outcome: CaseOutcome) =>
  junitXml('storefront-2', [{ name: 'wave free', cases: [{ name, outcome, durationMs: 1500 }] }]);

test('counts failures, errors and skipped cases, of each suite and in all', () => {
  const failed = { kind: 'failed', reason: 'SloFailed', message: 'bad' } as const;
  const unknown = { kind: 'unknown', reason: 'NoRow', message: 'no data' } as const;
  const cases = [
    { kind: 'passed' } as const,
    failed,
    unknown,
    { kind: 'skipped', message: 'not started' } as const,
  ].map((outcome, index) => ({ name: `target ${index}`, outcome, durationMs: 250 }));
  const lines = junitXml('release', [{ name: 'wave free', cases }]).split('\n');
  expect(lines[1]).toBe('<testsuites name="release" tests="4" failures="1" errors="1" skipped="1" time="1.000">');
  expect(lines[2]).toBe('  <testsuite name="wave free" tests="4" failures="1" errors="1" skipped="1" time="1.000">');
  expect(lines[3]).toBe('    <testcase classname="wave free" name="target 0" time="0.250"/>');
  expect(lines[4]).toContain('<failure type="SloFailed" message="bad">bad</failure>');
  expect(lines[5]).toContain('<error type="NoRow" message="no data">no data</error>');
  expect(lines[6]).toContain('<skipped message="not started"/>');
});

test.each([
  ['markup', '<b>&"\'', '&lt;b&gt;&amp;&quot;&apos;'],
  ['a line that would end an attribute', 'a\nb\tc', 'a&#10;b&#9;c'],
  ['control characters', 'a\u0000b\u001B[31mc\u007F', 'a\uFFFDb\uFFFD[31mc\uFFFD'],
  ['half a character', 'a\uD800b', 'a\uFFFDb'],
  ['code points that are none', 'a\uFFFEb\uFFFF', 'a\uFFFDb\uFFFD'],
  ['a whole character beyond the plane', 'a😀', 'a😀'],
])('writes %s so that every reader takes it', (_, text, written) => {
  expect(xmlOf(text, { kind: 'passed' })).toContain(`name="${written}"`);
  expect(xmlOf('x', { kind: 'failed', reason: 'R', message: text })).toContain(`message="${written}">${written}<`);
});
