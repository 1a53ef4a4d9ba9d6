import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';

interface WatchOptions extends HubOptions {
  readonly timeout?: string;
}

/** Adds `release watch`. */
export function registerWatch(release: Command, context: CliContext): void {
  const command = release.command('watch').argument('[name]', 'the release (default: the newest)');
  withHubOptions(command.description('follow a release until it is over; stopping to look stops nothing else'))
    .option('--timeout <duration>', 'stop looking after this long (default: never)')
    .addOption(outputOption());
  withExamples(command, [
    ['tidegate release watch storefront-4.12.0', 'redrawn on a terminal, new lines in a log'],
    ['tidegate release watch storefront-4.12.0 --timeout 10m', 'for ten minutes at most'],
  ]).action(
    runs<WatchOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { parseTimeout } = await import('./wait-for.ts');
      const { newestRelease } = await import('./release-reader.ts');
      const { showRelease } = await import('./show-release.ts');
      const timeoutMs = options.timeout === undefined ? null : parseTimeout(options.timeout);
      return withHub(options, async (hub) => {
        const name = args[0] ?? (await newestRelease(hub));
        return showRelease({ hub, name, output, context, timeoutMs, waitFor: { kind: 'done' }, reports: null });
      });
    }),
  );
}
