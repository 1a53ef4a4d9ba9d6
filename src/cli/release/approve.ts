import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

interface ApproveOptions extends HubOptions {
  readonly wave: string;
  readonly by?: string;
  readonly expectPlan?: string;
}

/** Adds `release approve`. */
export function registerApprove(release: Command, context: CliContext): void {
  const command = release.command('approve').argument('<name>', 'the release');
  withHubOptions(command.description('let a wave of exactly the present plan start'))
    .requiredOption('--wave <name>', 'the wave')
    .option('--by <person>', 'who approves (default: your name in the hub, which it insists on)')
    .option('--expect-plan <hash>', 'refuse unless this is the plan, as it was read (12 digits or more)')
    .addOption(outputOption());
  withExamples(command, [
    ['tidegate release approve storefront-4.14.0 --wave enterprise', 'as yourself'],
    ['tidegate release approve storefront-4.14.0 --wave enterprise --expect-plan 9f3c1a2d04be', 'only that plan'],
  ]).action(
    runs<ApproveOptions>(context, async ({ options, args, output }) => {
      const { withHub } = await import('./with-hub.ts');
      const { readRelease } = await import('./release-reader.ts');
      const { approve } = await import('./approval.ts');
      const { whoActs } = await import('./human-act.ts');
      return withHub(options, async (hub) => {
        const seen = await readRelease(hub, args[0]!);
        const by = await whoActs(hub, options.by);
        const approved = await approve(hub, seen, { wave: options.wave, by, expectPlan: options.expectPlan ?? null });
        output.line(approved.message);
        output.answer(approved);
        return approved.isRefused ? exitCodes.refused : exitCodes.done;
      });
    }),
  );
}
