import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

interface AbortOptions extends HubOptions {
  readonly reason: string;
  readonly by?: string;
}

/** Adds `release abort`. */
export function registerAbort(release: Command, context: CliContext): void {
  const command = release.command('abort').argument('<name>', 'the release');
  withHubOptions(command.description('end a release and take back what is in flight; what is promoted stays'))
    .requiredOption('--reason <text>', 'why (required); it stands in the evidence')
    .option('--by <person>', 'who asks (default: your name in the hub, which it insists on)')
    .addOption(outputOption());
  withExamples(command, [
    ['tidegate release abort storefront-4.13.0 --reason "wrong build"', 'targets in mid-canary go back'],
  ]).action(
    runs<AbortOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { readRelease } = await import('./release-reader.ts');
      const { askForRollback } = await import('./rollback-request.ts');
      const { whoActs } = await import('./human-act.ts');
      return withHub(options, async (hub) => {
        const seen = await readRelease(hub, args[0]!);
        const by = await whoActs(hub, options.by);
        const asked = await askForRollback(hub, seen, { scope: 'inFlight', reason: options.reason, by });
        output.line(asked.message);
        output.answer(asked);
        return asked.isRefused ? exitCodes.refused : exitCodes.done;
      });
    }),
  );
}
