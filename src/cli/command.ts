import { type Command, Option } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import { describeFailure } from './failure.ts';

/** Where a command writes, and what can be shown there. */
export interface Terminal {
  /** To stdout, as it is. */
  write(text: string): void;
  /** To stderr, as it is. */
  writeError(text: string): void;
  /** Whether stdout is a terminal that can be redrawn. */
  readonly isInteractive: boolean;
  /** Width of stdout in characters. */
  readonly columns: number;
  /** Height of stdout in lines. */
  readonly rows: number;
  /** Whether colours are wanted: a terminal, and no NO_COLOR. */
  readonly hasColour: boolean;
}

/** What every command is registered with. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on SIGINT and SIGTERM. Reading it takes the signals over: a command that never does just ends by them. */
  readonly signal: AbortSignal;
  /** Told once, by the command that ran. */
  readonly finish: (code: ExitCode) => void;
}

/** Where a command says what it has to say. */
export interface Output<Format extends string = 'text' | 'json'> {
  readonly format: Format;
  /** A line for people: on stdout, or on stderr where stdout is for JSON. */
  line(text: string): void;
  /** Progress and warnings: on stderr. */
  note(text: string): void;
  /** The answer for machines: with `--output json` one line of stdout, to be the last; else nothing. */
  answer(value: unknown): void;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly output: string;
  readonly logLevel: string;
}

/** One call of a command. */
export interface Invocation<Options extends CommonOptions> {
  readonly options: Options;
  /** Positional arguments. */
  readonly args: readonly string[];
  readonly output: Output<Options['output']>;
  readonly context: CliContext;
}

/** Options of the commands that talk to the hub. */
export interface HubOptions extends CommonOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
}

export const DEFAULT_NAMESPACE = 'tidegate-system';

/**
 * The action of a command: runs it, tells its failure on stderr (and as JSON where that is asked for), and its exit code.
 *
 * Import what is heavy inside `perform`, so that `--help` stays quick.
 */
export function runs<Options extends CommonOptions>(
  context: CliContext,
  perform: (invocation: Invocation<Options>) => Promise<ExitCode>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals<Options>();
    const output = createOutput<Options['output']>(options.output, context.terminal);
    try {
      context.finish(await perform({ options, args: command.args, output, context }));
    } catch (error) {
      const failure = describeFailure(error, options.logLevel === 'debug');
      for (const line of failure.lines) output.note(line);
      output.answer({ error: failure.json });
      context.finish(failure.code);
    }
  };
}

/** Makes the output of one call. */
export function createOutput<Format extends string>(format: Format, terminal: Terminal): Output<Format> {
  const isJson = format === 'json';
  return {
    format,
    line: (text) => (isJson ? terminal.writeError(`${text}\n`) : terminal.write(`${text}\n`)),
    note: (text) => terminal.writeError(`${text}\n`),
    answer: (value) => {
      if (isJson) terminal.write(`${JSON.stringify(value)}\n`);
    },
  };
}

/** `--output`; the first format is the default. */
export function outputOption(formats: readonly string[] = ['text', 'json']): Option {
  return new Option('-o, --output <format>', 'what to print; json is one line, the last of stdout')
    .choices(formats)
    .default(formats[0]);
}

/** `-f PATH…`: files and folders with declarations. */
export function filesOption(isRequired: boolean): Option {
  return new Option('-f, --files <path...>', 'YAML files and folders to read').makeOptionMandatory(isRequired);
}

/** The options that say where the hub is. */
export function hubOptions(): readonly Option[] {
  return [
    new Option('--kubeconfig <file>', 'kubeconfig of the hub and its clusters (default: $KUBECONFIG, ~/.kube/config)'),
    new Option('--context <name>', 'context of the hub (default: the current one; in a pod, its service account)'),
    new Option('-n, --namespace <name>', "namespace of Tidegate's objects in the hub").default(DEFAULT_NAMESPACE),
  ];
}

/** Adds the options that say where the hub is. */
export function withHubOptions(command: Command): Command {
  for (const option of hubOptions()) command.addOption(option);
  return command;
}

/** Examples below a command's `--help`; each is a command line and what it does. */
export function withExamples(command: Command, examples: readonly (readonly [line: string, does: string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  $ ${line.padEnd(width)}  # ${does}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
