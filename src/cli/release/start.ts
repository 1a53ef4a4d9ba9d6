import type { Command } from 'commander';
import {
  type CliContext,
  filesOption,
  type HubOptions,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from '../command.ts';
import { badArgument } from '../failure.ts';

interface StartOptions extends HubOptions {
  readonly files?: readonly string[];
  readonly release?: string;
  readonly waitFor?: string;
  readonly timeout: string;
  readonly expectPlan?: string;
  readonly by?: string;
  readonly summary?: string;
  readonly junit?: string;
}

/** Adds `release start`. */
export function registerStart(release: Command, context: CliContext): void {
  const command = release.command('start');
  withHubOptions(
    command.description('start a release, or attach to it: run again, it changes nothing; killed, it aborts nothing'),
  )
    .addOption(filesOption(false))
    .option('--release <name>', 'which Release of the files; without files: one that is in the hub')
    .option('--wait-for <what>', 'wait until wave=NAME has passed, or until done')
    .option('--timeout <duration>', 'stop waiting after this long', '1h')
    .option('--expect-plan <hash>', 'refuse unless this is the plan (8 digits or more)')
    .option('--by <person>', 'who starts it (default: your name in the hub, which it insists on)')
    .option('--summary <file>', 'append how it went there in Markdown (default: $GITHUB_STEP_SUMMARY)')
    .option('--junit <file>', 'write how it went there as JUnit XML: a suite a wave, a case a target')
    .addOption(outputOption());
  withExamples(command, [
    ['tidegate release start -f release.yaml', 'start it, return at once'],
    [
      'tidegate release start -f release.yaml --wait-for wave=free --timeout 30m',
      'in CI: the exit code tells how it went',
    ],
    [
      'tidegate release start -f release.yaml --wait-for done --junit release.xml',
      'the same, and a report of every target',
    ],
    ['tidegate release start -f release.yaml --expect-plan 9f3c1a2d04be', 'only the plan that was reviewed'],
  ]).action(
    runs<StartOptions>(context, async ({ options, output }) => {
      if (options.files === undefined && options.release === undefined)
        throw badArgument('release start: give a file with -f, or a release of the hub with --release');
      const { withHub } = await import('./with-hub.ts');
      const { parseTimeout, parseWaitFor } = await import('./wait-for.ts');
      const { startRelease } = await import('./start-release.ts');
      const { whoActs } = await import('./human-act.ts');
      const { openReports } = await import('../job/job-reports.ts');
      const { startReport } = await import('./start-report.ts');
      const { showRelease } = await import('./show-release.ts');
      const waitFor = options.waitFor === undefined ? null : parseWaitFor(options.waitFor);
      const timeoutMs = parseTimeout(options.timeout);
      const reports = await openReports(options, context.env, output);
      return withHub(options, async (hub) => {
        const started = await startRelease(hub, {
          paths: options.files ?? [],
          name: options.release ?? null,
          expectPlan: options.expectPlan ?? null,
          waitFor,
          by: await whoActs(hub, options.by),
        });
        output.line(started.message);
        if (started.code !== 0 || waitFor === null) {
          await reports.write(startReport(started));
          output.answer(started);
          return started.code;
        }
        return showRelease({ hub, name: started.release, output, context, timeoutMs, waitFor, reports });
      });
    }),
  );
}
