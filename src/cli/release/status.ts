import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';

/** Adds `release status`. */
export function registerStatus(release: Command, context: CliContext): void {
  const command = release.command('status').argument('[name]', 'the release (default: the newest)');
  withHubOptions(command.description('show where a release stands; its exit code says so too')).addOption(
    outputOption(),
  );
  withExamples(command, [
    ['tidegate release status storefront-4.12.0', 'one picture'],
    ['tidegate release status storefront-4.12.0 --output json', 'for a script'],
  ]).action(
    runs<HubOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { newestRelease, readRelease } = await import('./release-reader.ts');
      const { releaseExitCode } = await import('./release-exit-code.ts');
      const { releaseSummary } = await import('./release-summary.ts');
      const { renderRelease } = await import('../view/render-release.ts');
      const { viewOptions } = await import('./live-output.ts');
      const { view } = await withHub(options, async (hub) => readRelease(hub, args[0] ?? (await newestRelease(hub))));
      const code = releaseExitCode(view.status);
      if (output.format === 'text') {
        for (const line of renderRelease(view, viewOptions(context.terminal))) output.line(line);
      }
      output.answer(releaseSummary(view, code));
      return code;
    }),
  );
}
