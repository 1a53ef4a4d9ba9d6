import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { lastJson, sayIn } from '../fake-context.ts';

interface Printed {
  readonly settings: Readonly<
    Record<string, { readonly value: string | null; readonly source: string; readonly from: string | null }>
  >;
  readonly warnings: readonly string[];
}

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-settings-'));
  file = join(folder, 'daemon.yaml');
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => vi.unstubAllEnvs());

/** What `--print-config` says with these variables. */
function daemon(variables: Readonly<Record<string, string>>, ...args: readonly string[]) {
  // commander reads the process's own
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return sayIn(variables, 'daemon', '--print-config', ...args);
}

async function printed(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Printed> {
  const { code, stdout, stderr } = await daemon(variables, ...args, '--output', 'json');
  expect({ code, stderr: stderr.includes('error:') ? stderr : '' }).toEqual({ code: 0, stderr: '' });
  return lastJson(stdout) as Printed;
}

/** Every setting, its flag, its variable, and a value for each of the three ways. */
const settings = [
  ['identity', '--identity', 'TIDEGATE_IDENTITY', ['one', 'two', 'three'], null],
  ['leaseName', '--lease-name', 'TIDEGATE_LEASE_NAME', ['one', 'two', 'three'], 'tidegate'],
  ['leaseDuration', '--lease-duration', 'TIDEGATE_LEASE_DURATION', ['20s', '3500ms', '2m'], '15s'],
  ['listen', '--listen', 'TIDEGATE_LISTEN', ['off', '0.0.0.0:1', '[::1]:2'], '127.0.0.1:9410'],
  ['kubeconfig', '--kubeconfig', 'TIDEGATE_KUBECONFIG', ['/a', '/b', '/c'], null],
  ['context', '--context', 'TIDEGATE_CONTEXT', ['one', 'two', 'three'], null],
  ['namespace', '--namespace', 'TIDEGATE_NAMESPACE', ['one', 'two', 'three'], 'tidegate-system'],
  ['logLevel', '--log-level', 'TIDEGATE_LOG_LEVEL', ['debug', 'warn', 'error'], 'info'],
] as const;

/** As the daemon writes a value back. */
const written = (value: string) => (value === '2m' ? '120s' : value);

describe('a setting of the daemon', () => {
  it.each(settings)(
    '%s is what the flag says, else the variable, else the file, else its default',
    async (key, flag, variable, [a, b, c], usual) => {
      writeFileSync(file, `# settings\n${key}: "${c}"\n`);
      const inFile = ['--config', file];
      expect((await printed({ [variable]: b }, flag, a, ...inFile)).settings[key]).toEqual({
        value: written(a),
        source: 'flag',
        from: flag,
      });
      expect((await printed({ [variable]: b }, ...inFile)).settings[key]).toEqual({
        value: written(b),
        source: 'environment',
        from: variable,
      });
      vi.unstubAllEnvs();
      expect((await printed({}, ...inFile)).settings[key]).toEqual({
        value: written(c),
        source: 'file',
        from: `${file}:2`,
      });
      expect((await printed({})).settings[key]).toEqual({ value: usual, source: 'default', from: null });
    },
  );

  it('is one of these and no other', async () => {
    expect(Object.keys((await printed({})).settings)).toEqual(settings.map(([key]) => key));
  });

  it.each([
    ['leaseName', '--lease-name', 'TIDEGATE_LEASE_NAME', 'A b', 'expected a name of lower case letters'],
    ['leaseDuration', '--lease-duration', 'TIDEGATE_LEASE_DURATION', '1s', 'expected a duration of 3s or more'],
    ['listen', '--listen', 'TIDEGATE_LISTEN', '127.0.0.1', 'expected HOST:PORT, [IPV6]:PORT or off'],
    ['identity', '--identity', 'TIDEGATE_IDENTITY', ' ', 'expected a name'],
    ['namespace', '--namespace', 'TIDEGATE_NAMESPACE', 'a/b', 'expected a name of lower case letters'],
    ['logLevel', '--log-level', 'TIDEGATE_LOG_LEVEL', 'loud', 'Allowed choices are trace'],
  ])('%s is validated whichever way it comes', async (key, flag, variable, value, words) => {
    writeFileSync(file, `${key}: "${value}"\n`);
    const ways = [
      await daemon({}, flag, value),
      await daemon({}, '--config', file),
      await daemon({ [variable]: value }),
    ];
    for (const { code, stderr } of ways) {
      expect(stderr).toContain(words);
      expect(code).toBe(2);
    }
    expect(ways[1]?.stderr).toContain(`${file}:1:${key.length + 3} ${key}: `);
    expect(ways[2]?.stderr).toContain(variable);
  });
});

describe('the file of the daemon', () => {
  it.each([
    [
      'a key that is misspelt',
      'listen: off\nleaseNane: one\n',
      ':2:1 leaseNane: there is no such setting; did you mean "leaseName"?',
    ],
    ['a flag for a key', 'lease-name: one\n', 'did you mean "leaseName"?'],
    ['a key that names another file', 'config: other.yaml\n', ':1:1 config: there is no such setting; '],
    ['a number', 'context: 1.20\n', ':1:10 context: expected text; put numbers in quotes'],
    ['nothing for a value', 'context:\n', 'context: expected text'],
    ['a list', '- listen\n', ':1:1 expected settings, one a line: listen: off'],
    ['two documents', 'listen: off\n---\nlisten: off\n', 'expected one document, not several'],
    ['a key that stands twice', 'listen: off\nlisten: off\n', ':2:1 not YAML: map keys must be unique'],
    ['no YAML', 'listen: [\n', 'not YAML'],
  ])('is refused with %s', async (_, text, words) => {
    writeFileSync(file, text);
    const { code, stderr } = await daemon({}, '--config', file);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it('is refused for what it says though a flag is stronger', async () => {
    writeFileSync(file, 'listen: nowhere\n');
    expect((await daemon({}, '--config', file, '--listen', 'off')).code).toBe(2);
  });

  it('may be empty, and may be named by a variable', async () => {
    writeFileSync(file, '# nothing yet\n');
    expect((await printed({ TIDEGATE_CONFIG: file })).settings['listen']?.source).toBe('default');
    writeFileSync(file, 'listen: off\n');
    expect((await printed({ TIDEGATE_CONFIG: file })).settings['listen']?.source).toBe('file');
  });

  it.each([
    ['that is not there', 'nowhere.yaml', 'no such file or folder'],
    ['that is a folder', 'waves', 'expected a file, not a folder'],
  ])('%s is bad input', async (_, path, words) => {
    const { code, stderr } = await daemon({}, '--config', path);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});

describe('a variable of the environment', () => {
  it.each([
    ['that is misspelt', 'TIDEGATE_LISTN', ['there is no setting TIDEGATE_LISTN; did you mean TIDEGATE_LISTEN?']],
    ['that is like none', 'TIDEGATE_FROBNICATE', ['there is no setting TIDEGATE_FROBNICATE, it is left alone']],
    ['of a folder for downloads', 'TIDEGATE_CACHE', []],
    ['that a Service of that name puts there', 'TIDEGATE_PORT_9410_TCP_ADDR', []],
    ['that a Service of a longer name puts there', 'TIDEGATE_METRICS_SERVICE_PORT_HTTP', []],
    ['that is not ours', 'PATH_TO_TIDEGATE', []],
  ])('%s: %s', async (_, name, warnings) => {
    expect((await printed({ [name]: 'x' })).warnings).toEqual(warnings);
  });

  it('is told of in words too', async () => {
    const { stdout, stderr } = await daemon({ TIDEGATE_LISTN: 'off' }, '--lease-duration', '20s');
    expect(stderr).toBe('warning: there is no setting TIDEGATE_LISTN; did you mean TIDEGATE_LISTEN?\n');
    expect(stdout).toMatch(/^leaseDuration +20s +flag --lease-duration$/m);
    expect(stdout).toMatch(/^identity +\(chosen at the start\) +default$/m);
  });
});
