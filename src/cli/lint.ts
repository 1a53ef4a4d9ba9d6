import type { Command } from 'commander';
import {
  type CliContext,
  type CommonOptions,
  filesOption,
  type Invocation,
  outputOption,
  runs,
  withExamples,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type FailOn, failOnOption } from './plan.ts';

interface LintOptions extends CommonOptions {
  readonly files: readonly string[];
  readonly failOn?: FailOn;
}

/** `tidegate lint` */
export function registerLint(program: Command, context: CliContext): void {
  const command = program
    .command('lint')
    .summary('find everything that is wrong with files')
    .description(
      'Reads files, names everything that is wrong with them, and plans every release in them. Needs no cluster.',
    )
    .addOption(filesOption(true))
    .addOption(failOnOption())
    .addOption(outputOption())
    .action(runs<LintOptions>(context, lintCommand));
  withExamples(command, [
    ['tidegate lint -f waves', 'exit code 2 when something is wrong'],
    ['tidegate lint -f waves --fail-on warning', '50 when a plan has warnings'],
  ]);
}

async function lintCommand({ options, output }: Invocation<LintOptions>): Promise<ExitCode> {
  const { findingText, planRelease } = await import('./planned-releases.ts');
  const { readStartAt, readSubject } = await import('./plan-subject.ts');
  const { input, releases } = await readSubject({ files: options.files, namespace: '' });
  const now = readStartAt(undefined);
  const results = releases.map((release) => ({ release, result: planRelease(input, release, now) }));
  const found = results.flatMap(({ release, result }) => {
    const findings = result.kind === 'planned' ? result.plan.findings : result.findings;
    return findings.map((finding) => ({ release: release.name, ...finding }));
  });
  for (const finding of found) output.note(`${finding.severity}: release ${finding.release}: ${findingText(finding)}`);
  const hasErrors = found.some(({ severity }) => severity === 'error');
  const { fleet, workloads, wavePlans } = input;
  if (!hasErrors) {
    output.line(
      `ok: ${fleet.tenants.length} tenants, ${workloads.length} workloads, ${wavePlans.length} wave plans, ${releases.length} releases`,
    );
  }
  output.answer({
    ok: !hasErrors,
    releases: results.map(({ release, result }) => {
      return { name: release.name, planHash: result.kind === 'planned' ? result.plan.hash : null };
    }),
    findings: found,
  });
  if (hasErrors) return exitCodes.badInput;
  return options.failOn === 'warning' && found.length > 0 ? exitCodes.refused : exitCodes.done;
}
