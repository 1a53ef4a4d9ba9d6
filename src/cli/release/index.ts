import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { registerAbort } from './abort.ts';
import { registerApprove } from './approve.ts';
import { registerList } from './list.ts';
import { registerPause } from './pause.ts';
import { registerResume } from './resume.ts';
import { registerRollback } from './rollback.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerWatch } from './watch.ts';

/** Adds `release` and its subcommands. */
export function registerReleaseCommands(program: Command, context: CliContext): void {
  const release = program.command('release').description('start, follow and steer releases');
  const registrations = [
    registerStart,
    registerStatus,
    registerWatch,
    registerApprove,
    registerPause,
    registerResume,
    registerAbort,
    registerRollback,
    registerList,
  ];
  for (const register of registrations) register(release, context);
}
