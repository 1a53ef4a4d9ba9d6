import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { knownCommands } from '../../docs/cli-reference.ts';
import { readDocs, tidegateLines } from '../../docs/read-docs.ts';

const commands = knownCommands();
const program = commands[0]!.command;

/** The command with the longest name that the words begin with. */
function commandOf(words: readonly string[]): Command {
  const fitting = commands.filter(({ words: own }) => own.every((word, index) => words[index] === word));
  return fitting.toSorted((a, b) => b.words.length - a.words.length)[0]!.command;
}

function hasFlag(command: Command, flag: string): boolean {
  const options = [...command.options, ...program.options];
  return ['-h', '--help'].includes(flag) || options.some(({ short, long }) => flag === short || flag === long);
}

/** What a command line names that does not exist. */
function unknownIn(line: string): readonly string[] {
  // what is quoted is a value, and what follows a redirection is the shell's
  const plain = line.replaceAll(/"[^"]*"|'[^']*'/g, 'VALUE').replace(/ (>|2>|#|&).*$/, '');
  const words = plain.split(/\s+/).slice(1);
  const command = commandOf(words);
  const next = words[commands.find((one) => one.command === command)!.words.length] ?? '';
  const isIncomplete = command.commands.length > 0 && /^[a-z]/.test(next);
  const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/[=,.].*$/, ''));
  const unknown = flags.filter((flag) => !hasFlag(command, flag)).map((flag) => `${line}: ${flag}`);
  return isIncomplete ? [`${line}: no such command`, ...unknown] : unknown;
}

test('every command line of the documentation names commands and flags that exist', () => {
  const lines = readDocs()
    .filter(({ path }) => !path.startsWith('docs/reference/'))
    .flatMap(({ text }) => tidegateLines(text));
  expect(lines.length).toBeGreaterThan(60);
  expect(lines.flatMap(unknownIn)).toEqual([]);
});

test('a command or a flag that does not exist is noticed', () => {
  expect(unknownIn('tidegate plan --fast')).toEqual(['tidegate plan --fast: --fast']);
  expect(unknownIn('tidegate deploy storefront')).toEqual(['tidegate deploy storefront: no such command']);
  expect(unknownIn('tidegate release stop NAME')).toEqual(['tidegate release stop NAME: no such command']);
});
