import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

const HEAD = ['name', 'version', 'phase', 'wave', 'created', 'says'] as const;

/** Adds `release list`. */
export function registerList(release: Command, context: CliContext): void {
  const command = release.command('list').description('list the releases of the hub, the newest last');
  withHubOptions(command).addOption(outputOption());
  withExamples(command, [['tidegate release list', 'name, version, phase, wave and what is waited for']]).action(
    runs<HubOptions>(context, async ({ options, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { readRows } = await import('./release-rows.ts');
      const { alignColumns } = await import('../table.ts');
      const rows = await withHub(options, readRows);
      const cells = rows.map((row) => [row.name, row.version, row.phase, row.wave, row.startedAt, row.message]);
      if (rows.length === 0) output.line('no releases');
      else for (const line of alignColumns([HEAD, ...cells])) output.line(line);
      output.answer({ releases: rows });
      return exitCodes.done;
    }),
  );
}
