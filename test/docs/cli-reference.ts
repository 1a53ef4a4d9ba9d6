import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

const HEADER = `<!-- Generated from src/cli by \`node test/docs/generate.ts\`; do not edit. -->

# Commands

What \`--help\` says, command by command. \`--output json\` makes the last line of stdout one JSON object; everything for people goes to stderr then.
`;

/** A command of the program: its words, without \`tidegate\`, and what it is. */
export interface KnownCommand {
  readonly words: readonly string[];
  readonly command: Command;
}

/** The page with the help of every command. */
export function cliReference(): string {
  let said = '';
  const commands = knownCommands((text) => {
    said += text;
  });
  const sections = commands.map(({ words, command }) => {
    said = '';
    command.outputHelp();
    return [`## ${['tidegate', ...words].join(' ')}`, '', '```text', said.trimEnd(), '```', ''].join('\n');
  });
  return [HEADER, ...sections].join('\n');
}

/** The program and all its commands, in the order of its help. */
export function knownCommands(write: (text: string) => void = () => undefined): readonly KnownCommand[] {
  const program = createProgram({
    terminal: { write, writeError: write, isInteractive: false, columns: 110, rows: 40, hasColour: false },
    env: {},
    signal: new AbortController().signal,
    finish: () => undefined,
  });
  return withSubcommands(program, []);
}

function withSubcommands(command: Command, words: readonly string[]): readonly KnownCommand[] {
  return [{ words, command }, ...command.commands.flatMap((one) => withSubcommands(one, [...words, one.name()]))];
}
