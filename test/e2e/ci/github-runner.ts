import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly shell: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** How an action ended. */
export interface ActionEnd {
  /** Exit code of the step that failed; 0 when none did. */
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Where an action runs. */
export interface Runner {
  readonly actionPath: string;
  /** A folder of its own for this run. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a composite action's steps as GitHub's runner does: expressions filled in, each script a file for bash, outputs by file. */
export async function runAction(runner: Runner, inputs: Readonly<Record<string, string>>): Promise<ActionEnd> {
  const action = parse(await readFile(join(runner.actionPath, 'action.yml'), 'utf8')) as Action;
  const given = withDefaults(action, inputs);
  const temp = await mkdtemp(join(runner.folder, 'runner-'));
  const summary = join(temp, 'summary.md');
  await writeFile(summary, '');
  const steps = new Map<string, Readonly<Record<string, string>>>();
  const fill = (text: string) => filled(text, { given, steps, actionPath: runner.actionPath });
  let code = 0;
  let log = '';
  for (const [index, step] of action.runs.steps.entries()) {
    if (code !== 0 && step.if !== 'always()') continue;
    const outputs = join(temp, `output-${index}`);
    await writeFile(outputs, '');
    const files = { RUNNER_TEMP: temp, GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary };
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text)]));
    const script = join(temp, `step-${index}.sh`);
    if (/\$\{\{/.test(step.run)) throw new Error(`step ${index} has an expression in its script: an injection`);
    await writeFile(script, step.run);
    const ended = await bash(script, runner.folder, { ...runner.env, ...files, ...own });
    log += ended.log;
    if (ended.code !== 0 && code === 0) code = ended.code;
    if (step.id !== undefined) steps.set(step.id, pairsOf(await readFile(outputs, 'utf8')));
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value)]);
  return { code, log, summary: await readFile(summary, 'utf8'), outputs: Object.fromEntries(outputs) };
}

function withDefaults({ inputs }: Action, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const unknown = Object.keys(given).filter((name) => !(name in inputs));
  const missing = Object.keys(inputs).filter((name) => inputs[name]!.required === true && !(name in given));
  const wrong = [...unknown, ...missing];
  if (wrong.length > 0) throw new Error(`inputs that are unknown or missing: ${wrong.join(', ')}`);
  return { ...Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, one.default ?? ''])), ...given };
}

interface Expressions {
  readonly given: Readonly<Record<string, string>>;
  readonly steps: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly actionPath: string;
}

function filled(text: string, { given, steps, actionPath }: Expressions): string {
  return text.replaceAll(/\$\{\{ *([^}]+?) *\}\}/g, (_, expression: string) => {
    if (expression === 'github.action_path') return actionPath;
    const input = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
    if (input !== undefined && input in given) return given[input]!;
    const [, step = '', output = ''] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
    if (step !== '') return steps.get(step)?.[output] ?? '';
    throw new Error(`unknown expression ${expression}`);
  });
}

function pairsOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** `shell: bash` of a runner. */
export function bash(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, log })));
}
