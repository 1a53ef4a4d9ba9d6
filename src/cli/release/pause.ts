import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

interface PauseOptions extends HubOptions {
  readonly reason: string;
  readonly by?: string;
}

/** Adds `release pause`. */
export function registerPause(release: Command, context: CliContext): void {
  const command = release.command('pause').argument('<name>', 'the release');
  withHubOptions(command.description('stop a release from going further; what it reached stays, and is still measured'))
    .option('--reason <text>', 'why', 'paused by hand')
    .option('--by <person>', 'who asks (default: your name in the hub, which it insists on)')
    .addOption(outputOption());
  withExamples(command, [
    ['tidegate release pause storefront-4.12.0 --reason "incident 4711"', 'until release resume'],
  ]).action(
    runs<PauseOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { readRelease } = await import('./release-reader.ts');
      const { pause } = await import('./release-freeze.ts');
      const { whoActs } = await import('./human-act.ts');
      return withHub(options, async (hub) => {
        const seen = await readRelease(hub, args[0]!);
        const paused = await pause(hub, seen, { reason: options.reason, by: await whoActs(hub, options.by) });
        output.line(paused.message);
        output.answer(paused);
        return paused.isRefused ? exitCodes.refused : exitCodes.done;
      });
    }),
  );
}
