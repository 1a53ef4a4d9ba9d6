import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lastJson, say } from './fake-context.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-lint-'));
});
afterAll(() => rm(folder, { recursive: true }));

const template = (name: string, spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: ${name} }\nspec:\n${spec}\n`;
const metric = (name: string, more: string): string =>
  `  metrics:\n  - name: ${name}\n    ${more}\n    provider: { prometheus: { query: up } }`;

async function lint(text: string) {
  const path = join(folder, 'templates.yaml');
  await writeFile(path, text);
  return { ...(await say('lint', '-f', path, '-o', 'json')), path };
}

describe('tidegate lint reads AnalysisTemplates beside the declarations', () => {
  test('and finds nothing in those that ship', async () => {
    const { code, stderr } = await say('lint', '-f', 'waves', 'analysis-templates', '--output', 'text');
    expect([code, stderr.includes('error')]).toEqual([0, false]);
  });

  test.each<readonly [string, string, string, RegExp]>([
    [
      'a field that nobody knows',
      template('a', metric('m', 'succesCondition: "true"')),
      '7:5 spec.metrics[0].succesCondition',
      /did you mean successCondition|successCondition/,
    ],
    [
      'a condition that cannot be read',
      template('a', metric('m', 'successCondition: result[0] >')),
      '7:23 spec.metrics[0].successCondition',
      /at character/,
    ],
    [
      'a count without an interval',
      template('a', metric('m', 'count: 3')),
      '',
      /interval must be specified when count > 1/,
    ],
    [
      'metrics of one name in templates that are put together',
      `${template('a', `  templates: [{ templateName: b }]\n${metric('m', 'count: 1')}`)}---\n${template('b', metric('m', 'count: 1'))}`,
      '5:14 spec.templates',
      /two metrics have the same name 'm'/,
    ],
    [
      'templates in a circle',
      `${template('a', `  templates: [{ templateName: b }]\n${metric('m', 'count: 1')}`)}---\n${template('b', `  templates: [{ templateName: a }]\n${metric('n', 'count: 1')}`)}`,
      '5:14 spec.templates',
      /in a circle/,
    ],
  ])('%s', async (_, text, place, message) => {
    const { code, stderr, stdout, path } = await lint(text);
    expect(code).toBe(2);
    expect(stderr).toContain(`${path}:${place}`);
    expect(stderr).toMatch(message);
    expect(lastJson(stdout)).toMatchObject({ error: { kind: 'InvalidInput' } });
  });

  test('a template that names one of another file may find it in the cluster', async () => {
    const { code } = await lint(
      template('a', `  templates: [{ templateName: elsewhere }]\n${metric('m', 'count: 1')}`),
    );
    expect(code).toBe(0);
  });

  test('without files there must be something live to look at', async () => {
    const { code, stderr } = await say('lint');
    expect(code).toBe(2);
    expect(stderr).toContain('give files with -f, or --live');
  });
});
