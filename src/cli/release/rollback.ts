import { type Command, Option } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

interface RollbackOptions extends HubOptions {
  readonly scope: 'wave' | 'release';
  readonly reason: string;
  readonly by?: string;
}

/** Adds `release rollback`. */
export function registerRollback(release: Command, context: CliContext): void {
  const command = release.command('rollback').argument('<name>', 'the release');
  withHubOptions(command.description('take targets back to the version they had, finished ones too'))
    .addOption(
      new Option('--scope <scope>', 'wave: the current wave and what is in flight; release: everything')
        .choices(['wave', 'release'])
        .default('release'),
    )
    .requiredOption('--reason <text>', 'why (required); it stands in the evidence')
    .option('--by <person>', 'who asks (default: your name in the hub, which it insists on)')
    .addOption(outputOption());
  withExamples(command, [
    ['tidegate release rollback storefront-4.12.0 --reason "customer reports"', 'every target, most valuable first'],
    ['tidegate release rollback storefront-4.12.0 --scope wave --reason slow', 'the current wave only'],
  ]).action(
    runs<RollbackOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { readRelease } = await import('./release-reader.ts');
      const { askForRollback } = await import('./rollback-request.ts');
      const { whoActs } = await import('./human-act.ts');
      return withHub(options, async (hub) => {
        const seen = await readRelease(hub, args[0]!);
        const { scope, reason } = options;
        const by = await whoActs(hub, options.by);
        const asked = await askForRollback(hub, seen, { scope, reason, by });
        output.line(asked.message);
        output.answer(asked);
        return asked.isRefused ? exitCodes.refused : exitCodes.done;
      });
    }),
  );
}
