import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { registerTry } from './try.ts';

/** Adds `analysis` and its subcommands. */
export function registerAnalysisCommands(program: Command, context: CliContext): void {
  const analysis = program.command('analysis').description('try AnalysisTemplates before they gate anything');
  registerTry(analysis, context);
}
