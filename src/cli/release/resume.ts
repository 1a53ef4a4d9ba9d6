import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

/** Adds `release resume`. */
export function registerResume(release: Command, context: CliContext): void {
  const command = release.command('resume').argument('<name>', 'the release');
  withHubOptions(command.description('end the pause of a release')).addOption(outputOption());
  withExamples(command, [['tidegate release resume storefront-4.12.0', 'after release pause']]).action(
    runs<HubOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { readRelease } = await import('./release-reader.ts');
      const { resume } = await import('./release-freeze.ts');
      const resumed = await withHub(options, async (hub) => resume(hub, await readRelease(hub, args[0]!)));
      output.line(resumed.message);
      output.answer(resumed);
      return exitCodes.done;
    }),
  );
}
