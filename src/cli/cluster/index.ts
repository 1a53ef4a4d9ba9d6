import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { registerAdd } from './add.ts';
import { registerList } from './list.ts';
import { registerRemove } from './remove.ts';
import { registerRotate } from './rotate.ts';

/** Adds `cluster` and its subcommands. */
export function registerClusterCommands(program: Command, context: CliContext): void {
  const cluster = program.command('cluster').description('add clusters to release to, and look after their access');
  for (const register of [registerAdd, registerList, registerRotate, registerRemove]) register(cluster, context);
}
