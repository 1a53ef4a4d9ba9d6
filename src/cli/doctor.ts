import type { Command } from 'commander';
import {
  type CliContext,
  type HubOptions,
  type Invocation,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface DoctorOptions extends HubOptions {
  readonly probe?: string;
  readonly leaseName: string;
}

/** `tidegate doctor` */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .summary('check the hub, clusters and metric sources for what a release needs')
    .description(
      "Looks at the hub, every cluster and every metric source for what a release needs, and says what to do about each finding: reachable, clocks, our kinds and Argo's, its controller, the daemon's rights, the fleet's Rollouts, quotas, series and labels of each SLO. Changes nothing, unless it is told to probe. Exit code 50 when something is an error.",
    )
    .argument('[clusters...]', 'clusters to look at, with their metric sources (default: all)')
    .option(
      '--probe <namespace>',
      'measure the controllers there with a Rollout of no pods, tidegate-doctor-…, which is deleted again',
    )
    .option('--lease-name <name>', 'the Lease that daemons compete for', 'tidegate')
    .addOption(outputOption())
    .action(runs<DoctorOptions>(context, doctorCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate doctor', 'everything'],
    ['tidegate doctor shared-eu --probe default', 'one cluster, and how fast its controllers are'],
    ['tidegate doctor --output json', 'before a release, in CI'],
  ]);
}

async function doctorCommand({ options, args, output, context }: Invocation<DoctorOptions>): Promise<ExitCode> {
  const { withHub } = await import('./release/with-hub.ts');
  const { examine } = await import('./doctor/examine.ts');
  const { reportLines } = await import('./doctor/report-lines.ts');
  const { terminal } = context;
  /** One line that is written over, and gone in the end. */
  const tell = (text: string) => {
    if (terminal.isInteractive) terminal.writeError(`\r\u001B[K${text}`);
  };
  tell('looking at the hub');
  const report = await withHub(options, (hub) =>
    examine(hub, {
      clusters: args,
      probe: options.probe ?? null,
      leaseName: options.leaseName,
      onDone: (place, left) => tell(`${place} is done, ${left} to come`),
    }),
  ).finally(() => tell(''));
  for (const line of reportLines(report)) output.line(line);
  output.answer(report);
  return report.ok ? exitCodes.done : exitCodes.refused;
}
