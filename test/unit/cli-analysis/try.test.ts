import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastJson, type Said, say } from '../cli/fake-context.ts';
import { NESTED, SHARE, templateFolder } from './template-files.ts';

let folder: Awaited<ReturnType<typeof templateFolder>>;
beforeAll(async () => {
  folder = await templateFolder({
    'share.yaml': SHARE,
    'nested.yaml': NESTED,
    'lost.yaml': SHARE.replace('spec:\n', 'spec:\n  templates: [{ templateName: gone }]\n'),
    'misspelt.yaml': SHARE.replace('interval:', 'intervall:'),
    'unread.yaml': SHARE.replace('result[0] >=', 'result[0] >> '),
    'other.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplat\nmetadata: { name: a }\n',
    'values.json': '{ "errors": [0], "latency": [0.7], "extra": ["NaN"] }',
  });
});
afterAll(() => folder.remove());

const tried = (file: string, ...more: readonly string[]): Promise<Said> =>
  say('analysis', 'try', folder.pathOf(file), ...more);
const GIVEN = ['--arg', 'service=shop', '--arg', 'token=sesame'] as const;

interface Answer {
  readonly phase: string;
  readonly exitCode: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly phase: string;
    readonly reason: string;
    readonly value: string | null;
    readonly query: string;
  }[];
}

describe('a template beside a value', () => {
  it.each<readonly [string, string, number, string, string]>([
    ['good', '[0.95]', 0, 'Successful', 'successCondition holds'],
    ['at the edge', '[0.9]', 0, 'Successful', 'successCondition holds'],
    ['bad, whatever the failureLimit', '[0.89]', 35, 'Failed', 'successCondition does not hold'],
    [
      'of several rows',
      '[0.95, 0]',
      0,
      'Successful',
      'successCondition holds (the answer has 2 values: result[0] is the first)',
    ],
    [
      'NaN',
      '["NaN"]',
      35,
      'Failed',
      'successCondition does not hold (NaN is in the answer: it is neither above nor below anything)',
    ],
    ['infinite', '["+Inf"]', 0, 'Successful', 'successCondition holds'],
    ['less than anything', '["-Inf"]', 35, 'Failed', 'successCondition does not hold'],
    [
      'empty',
      '[]',
      40,
      'Error',
      'successCondition cannot be evaluated: reflect: slice index out of range (the answer is empty: there are no data)',
    ],
    ['a scalar', '0.95', 40, 'Error', 'successCondition cannot be evaluated: type float64[int] is undefined'],
    ['a bare NaN', 'NaN', 40, 'Error', ''],
  ])('that is %s', async (_, result, code, phase, reason) => {
    const said = await tried('share.yaml', ...GIVEN, '--result', result, '-o', 'json');
    const answer = lastJson(said.stdout) as Answer;
    expect(said.code).toBe(code);
    expect(answer).toMatchObject({ phase, exitCode: code, metrics: [{ name: 'share', phase }] });
    if (reason !== '') expect(answer.metrics[0]!.reason).toBe(reason);
  });

  it('says what is asked, with the secret struck out', async () => {
    const { stdout, code } = await tried('share.yaml', ...GIVEN, '--arg', 'least=sesame', '--result', '[1]');
    expect(code).toBe(40);
    expect(stdout).toContain('reason   successCondition cannot be evaluated: unknown name *****');
    expect(stdout).not.toContain('sesame');
    const good = await tried('share.yaml', '--arg', 'service=sesame', '--arg', 'token=sesame', '--result', '[0.95]');
    expect(good.stdout.split('\n')).toEqual([
      'AnalysisTemplate share',
      'metric share',
      '  query    sum(good{service="*****"})',
      '  success  result[0] >= 0.9',
      '  value    [0.95]',
      '  phase    Successful',
      '  reason   successCondition holds',
      'run: Successful, after one measurement of each metric',
      '',
    ]);
  });

  it('judges every metric of the template and of those it names, a dry run beside them', async () => {
    const said = await tried('nested.yaml', '--result', folder.pathOf('values.json'), '-o', 'json');
    const answer = lastJson(said.stdout) as Answer;
    expect(answer.metrics.map(({ name, phase, value, reason }) => [name, phase, value, reason])).toEqual([
      ['latency', 'Inconclusive', '[0.7]', 'neither successCondition nor failureCondition holds'],
      ['extra', 'Successful', '[NaN]', expect.stringMatching(/^there is no condition: every value is good/)],
      ['errors', 'Successful', '[0]', 'failureCondition does not hold'],
    ]);
    expect(said.code).toBe(40);
    expect(said.stderr).toContain('run: Inconclusive by latency, after one measurement of each metric');
  });

  it('lets a failure win over what is inconclusive, and takes the named template alone', async () => {
    const all = '{"errors": [0.5], "latency": [0.7], "extra": []}';
    expect((await tried('nested.yaml', '--result', all)).code).toBe(35);
    const { code, stdout } = await tried('nested.yaml', '--name', 'inner', '--result', '[0.02]');
    expect({ code, line: stdout.split('\n')[0] }).toEqual({ code: 35, line: 'AnalysisTemplate inner' });
    expect(stdout).toContain('failureCondition holds');
  });
});

describe('what is wrong is told with its place, and nothing is tried', () => {
  it.each<readonly [string, readonly string[], RegExp]>([
    [
      'an argument without a value, its Secret by name',
      ['share.yaml', '--result', '1'],
      /argument token has no value \(from Secret prometheus, key token\): give it by --arg token=VALUE/,
    ],
    [
      'all of the missing ones',
      ['share.yaml', '--result', '1'],
      /argument service has no value: give it by --arg service=VALUE/,
    ],
    [
      'an unknown argument, with the nearest',
      ['share.yaml', '--arg', 'servise=a', '--result', '1'],
      /no argument "servise"; did you mean "service"\?/,
    ],
    [
      'an argument twice',
      ['share.yaml', ...GIVEN, '--arg', 'service=b', '--result', '1'],
      /--arg: service is given twice/,
    ],
    [
      'an argument without =',
      ['share.yaml', ...GIVEN, '--arg', 'least', '--result', '1'],
      /expected name=value, got "least"/,
    ],
    [
      'an unknown field',
      ['misspelt.yaml', ...GIVEN, '--result', '1'],
      /misspelt\.yaml:13:5 spec\.metrics\[0\]\.intervall: unknown field "intervall"; did you mean "interval"\?/,
    ],
    [
      'a condition that cannot be read',
      ['unread.yaml', ...GIVEN, '--result', '1'],
      /unread\.yaml:16:23 spec\.metrics\[0\]\.successCondition: at character \d+: /,
    ],
    [
      'a template that is not there',
      ['lost.yaml', ...GIVEN, '--result', '1'],
      /lost\.yaml:5:14 spec\.templates: AnalysisTemplate 'gone' not found in these files/,
    ],
    ['another kind', ['other.yaml', '--result', '1'], /other\.yaml:2:7 kind: .*did you mean "AnalysisTemplate"\?/],
    [
      'an unknown name',
      ['nested.yaml', '--name', 'iner', '--result', '1'],
      /--name: unknown template "iner"; did you mean "inner"\?/,
    ],
    [
      'a value for a metric that is not there',
      ['nested.yaml', '--result', '{"error": [1]}'],
      /no metric "error"; did you mean "errors"\?/,
    ],
    ['a metric without a value', ['nested.yaml', '--result', '{"errors": [1]}'], /no value for metric latency/],
    [
      'one value for several metrics',
      ['nested.yaml', '--result', '[1]'],
      /the template has 3 metrics, give a value for each/,
    ],
    [
      'a value that Prometheus cannot answer',
      ['share.yaml', ...GIVEN, '--result', '["a"]'],
      /expected a number or a list of numbers/,
    ],
    ['neither JSON nor a file', ['share.yaml', ...GIVEN, '--result', '[1'], /expected JSON such as 0\.99/],
    ['a file that is not there', ['gone.yaml', '--result', '1'], /gone\.yaml: no such file/],
    ['no value at all', ['share.yaml'], /give one of --prometheus URL and --result JSON/],
    ['values from two places', ['share.yaml', '--result', '1', '--prometheus', 'http://localhost:9090'], /give one of/],
    ['no URL', ['share.yaml', '--prometheus', 'localhost:9090'], /expected a URL/],
    ['no end', ['share.yaml', '--result', '1', '--follow'], /--follow measures again and again/],
    ['a time without a server', ['share.yaml', '--result', '1', '--at', '5m'], /--at: a time can be given/],
    ['no time', ['share.yaml', '--prometheus', 'http://localhost:9', '--at', 'noon'], /--at: expected a time/],
  ])('%s', async (_, [file = '', ...more], says) => {
    const said = await tried(file, ...more);
    expect(said.stderr).toMatch(says);
    expect({ code: said.code, stdout: said.stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('which template, where several stand beside each other', async () => {
    const said = await say(
      'analysis',
      'try',
      folder.pathOf('share.yaml'),
      folder.pathOf('nested.yaml'),
      '--result',
      '1',
    );
    expect({ code: said.code, stderr: said.stderr }).toEqual({
      code: 2,
      stderr: 'error: which template? give --name with one of whole, inner, share\n',
    });
  });
});

describe('a bare condition', () => {
  it.each<readonly [string, string, string, number]>([
    ['result[0] > 0.5', '[0.7]', 'true (bool)', 0],
    ['result[0] > 0.5', '[0.3]', 'false (bool)', 35],
    ['result > 0.5', '0.7', 'true (bool)', 0],
    ['result[0] > 0.5', '[]', 'error: reflect: slice index out of range', 40],
    ['isNaN(result)', 'NaN', 'true (bool)', 0],
    ['isInf(result[0])', '["-Inf"]', 'true (bool)', 0],
    ['result[0] * 2', '["+Inf"]', '"+Inf" (float64): a condition must be true or false', 40],
    ['result.failed == 0 && result.items[0].name == "a"', '{"failed": 0, "items": [{"name": "a"}]}', 'true (bool)', 0],
    ['result == nil', 'null', 'true (bool)', 0],
  ])('%s of %s', async (condition, result, says, code) => {
    const said = await say('analysis', 'try', '--condition', condition, '--result', result);
    expect({ code: said.code, stdout: said.stdout }).toEqual({ code, stdout: `${says}\n` });
  });

  it('answers with value and type', async () => {
    const said = await say('analysis', 'try', '--condition', 'result[0] / 0', '--result', '[1]', '-o', 'json');
    expect(lastJson(said.stdout)).toEqual({
      condition: 'result[0] / 0',
      result: '[1]',
      kind: 'value',
      value: '+Inf',
      type: 'float64',
      exitCode: 40,
    });
  });

  it.each([
    [['--condition', 'result[0', '--result', '1'], /--condition: at character 9: /],
    [['--condition', 'true'], /give the value to try it against by --result/],
    [['gate.yaml', '--condition', 'true', '--result', '1'], /leave the template and other options out/],
    [[], /which template\?/],
  ])('refuses %j', async (args, says) => {
    const said = await say('analysis', 'try', ...args);
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(says);
  });
});
