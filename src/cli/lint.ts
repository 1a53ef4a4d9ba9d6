import { type Command, Option } from 'commander';
import type { PlanFinding } from '../domain/plan.ts';
import {
  type CliContext,
  type CommonOptions,
  filesOption,
  hubOptions,
  type Invocation,
  outputOption,
  runs,
  withExamples,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { badArgument } from './failure.ts';
import type { LiveReport } from './lint-live/look-live.ts';
import type { LiveOptions } from './lint-live/run-live.ts';
import type { LintSubject } from './lint-subject.ts';
import { type FailOn, failOnOption } from './plan.ts';

interface LintOptions extends CommonOptions, LiveOptions {
  readonly files?: readonly string[];
  readonly failOn?: FailOn;
  readonly live?: boolean;
}

/** `tidegate lint` */
export function registerLint(program: Command, context: CliContext): void {
  const command = program
    .command('lint')
    .summary('find everything that is wrong with files')
    .description(
      "Reads files, names everything that is wrong with them, and plans every release in them. Argo's AnalysisTemplates beside the declarations are read as well. Needs no cluster. With --live it also asks the metric sources about every SLO and every metric of a template, and finds gates that cannot fail, return nothing, do not tell versions apart, have several rows, or cost too much. Writes nothing anywhere.",
    )
    .addOption(filesOption(false))
    .option('--live', 'look at the gates against the metric sources too; without -f those of the hub')
    .option('--prometheus <url>', 'with --live: the Prometheus that is asked in place of every metric source')
    .option('--arg <name=value...>', 'with --live: values for arguments of templates that stand by themselves')
    .option('--series-budget <count>', 'with --live: series that one gate may read in a round', '50000')
    .addOption(new Option('--timeout <duration>', 'with --live: when to stop asking').default('2m'))
    .addOption(failOnOption())
    .addOption(outputOption())
    .action(runs<LintOptions>(context, lintCommand));
  for (const option of hubOptions()) command.addOption(option);
  withExamples(command, [
    ['tidegate lint -f waves', 'exit code 2 when something is wrong'],
    ['tidegate lint -f waves --fail-on warning', '50 when there are warnings'],
    ['tidegate lint -f waves --live --prometheus http://localhost:9090', 'the gates, by what Prometheus has'],
    ['tidegate lint --live', 'those of the hub, against its own metric sources'],
  ]);
}

async function lintCommand(invocation: Invocation<LintOptions>): Promise<ExitCode> {
  const { options, output } = invocation;
  if (options.files === undefined && options.live !== true)
    throw badArgument('what should be looked at? give files with -f, or --live for the gates of the hub');
  const { findingText } = await import('./planned-releases.ts');
  const { planAll, readLintSubject } = await import('./lint-subject.ts');
  const subject = await readLintSubject(options);
  const results = planAll(subject);
  const found = results.flatMap(({ findings }) => findings);
  for (const finding of found) output.note(`${finding.severity}: release ${finding.release}: ${findingText(finding)}`);
  const live = options.live === true ? await lookAtGates(subject, invocation) : null;
  const all: readonly Pick<PlanFinding, 'severity'>[] = [...found, ...(live?.findings ?? [])];
  const hasErrors = all.some(({ severity }) => severity === 'error');
  if (!hasErrors) output.line(okLine(subject, live));
  output.answer({
    ok: !hasErrors,
    releases: results.map(({ release, planHash }) => ({ name: release, planHash })),
    findings: found,
    ...(live === null ? {} : { live }),
  });
  if (hasErrors) return exitCodes.badInput;
  return options.failOn === 'warning' && all.length > 0 ? exitCodes.refused : exitCodes.done;
}

async function lookAtGates(
  subject: LintSubject,
  { options, output, context }: Invocation<LintOptions>,
): Promise<LiveReport> {
  const { runLive } = await import('./lint-live/run-live.ts');
  return runLive({ ...subject, signal: context.signal }, options, output);
}

function okLine({ input, releases, templates }: LintSubject, live: LiveReport | null): string {
  const { fleet, workloads, wavePlans } = input;
  const counts = [
    `${fleet.tenants.length} tenants`,
    `${workloads.length} workloads`,
    `${wavePlans.length} wave plans`,
    `${releases.length} releases`,
    ...(templates.length === 0 ? [] : [`${templates.length} analysis templates`]),
    ...(live === null ? [] : [`${live.gates} gates asked with ${live.queries} queries`]),
  ];
  return `ok: ${counts.join(', ')}`;
}
