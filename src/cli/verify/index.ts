import type { Command } from 'commander';
import {
  type CliContext,
  filesOption,
  type HubOptions,
  type Invocation,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';

/** What `tidegate verify` was asked. */
export interface VerifyOptions extends HubOptions {
  readonly files?: readonly string[];
  readonly workload: string;
  readonly target?: readonly string[];
  readonly tenant?: readonly string[];
  readonly all?: boolean;
  readonly for: string;
  readonly since?: string;
  readonly settle: string;
  readonly plan?: string;
  readonly minRequests?: string;
  readonly summary?: string;
  readonly junit?: string;
}

/** `tidegate verify` */
export function registerVerify(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .summary('judge the SLOs of what runs now, after any deploy')
    .description(
      "Judges the SLOs of what runs now, after any kind of deploy, a release or not: waits until one revision alone serves each target, then counts that revision's requests until the time has passed. Ends at once when a failure is certain. Exit code 0: every SLO holds; 35: one does not; 40: data are missing or too few; 50: a deploy is still under way. Changes nothing; needs to read the declarations in the hub (none with -f), and to list and watch the Rollouts of the clusters.",
    )
    .requiredOption('--workload <name>', 'the workload')
    .option('--target <id...>', 'targets, as cluster/namespace/rollout')
    .option('--tenant <name...>', 'tenants, by name or id: their own requests alone')
    .option('--all', 'every target of the workload')
    .option('--for <duration>', 'the time that must pass well', '10m')
    .option('--since <time>', 'count data from there on, RFC 3339 or how long ago (default: from now on)')
    .option('--settle <duration>', 'how long a deploy that is under way may take to end first', '5m')
    .option('--plan <name>', 'the WavePlan whose scope and minRequests are used (default: the only one)')
    .option('--min-requests <count>', "requests that a verdict needs (default: the wave plan's)")
    .option('--summary <file>', 'append the result there in Markdown (default: $GITHUB_STEP_SUMMARY)')
    .option('--junit <file>', 'write the result there as JUnit XML')
    .addOption(filesOption(false))
    .addOption(outputOption())
    .action(runs<VerifyOptions>(context, verifyAction));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate verify --workload storefront --all --for 10m', 'after a deploy, in CI'],
    ['tidegate verify --workload storefront --tenant acme --for 5m', 'one customer'],
    ['tidegate verify --workload storefront --all --since 15m --for 15m', 'the last 15 minutes, at once'],
    ['tidegate verify -f waves --workload storefront --all', 'declarations from files, not from the hub'],
  ]);
}

async function verifyAction(invocation: Invocation<VerifyOptions>): Promise<ExitCode> {
  const { runVerify } = await import('./run-verify.ts');
  return runVerify(invocation);
}
