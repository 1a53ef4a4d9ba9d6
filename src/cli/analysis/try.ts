import type { Command } from 'commander';
import { type CliContext, type CommonOptions, type Invocation, outputOption, runs, withExamples } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';

/** What `tidegate analysis try` was asked. */
export interface TryOptions extends CommonOptions {
  readonly name?: string;
  readonly arg?: readonly string[];
  readonly prometheus?: string;
  readonly result?: string;
  readonly condition?: string;
  readonly at?: string;
  readonly follow?: boolean;
}

/** Adds `analysis try`. */
export function registerTry(analysis: Command, context: CliContext): void {
  const command = analysis
    .command('try')
    .summary('run an AnalysisTemplate once, against a Prometheus or a given value')
    .description(
      "Runs an AnalysisTemplate of Argo Rollouts as a gate would, and prints each metric's query as filled in, its value, phase and reason: one measurement of each metric, whatever its count and limits, or with --follow the whole run. Templates that it names are looked up in the same files. Exit code 0: Successful; 35: Failed; 40: Inconclusive or Error. Needs no cluster and changes nothing.",
    )
    .argument('[template...]', 'YAML files or folders with the template and those that it names')
    .option('--name <name>', 'which template, where the files hold several')
    .option(
      '--arg <name=value>',
      'an argument of the template, also one from a Secret; give it again for more',
      collect,
    )
    .option('--prometheus <url>', 'ask this Prometheus, instead of the address in the template')
    .option(
      '--result <json>',
      'judge this value: JSON or a file of it; a number is a scalar, a list a vector, "NaN", "+Inf" and "-Inf" are numbers; {"metric": value} for several metrics',
    )
    .option('--condition <expression>', 'try a bare condition against --result, without a template')
    .option('--at <time>', 'ask as of then, RFC 3339 or how long ago (default: now)')
    .option('--follow', 'the whole run, with its counts, limits and intervals; Ctrl-C ends it as a promotion would')
    .addOption(outputOption())
    .action(runs<TryOptions>(context, tryAction));
  withExamples(command, [
    ['tidegate analysis try error-ratio.yaml --arg service=shop --prometheus http://prom:9090', 'ask once'],
    ["tidegate analysis try error-ratio.yaml --arg service=shop --result '[]'", 'what if there are no data?'],
    ['tidegate analysis try gate.yaml --result \'{"errors": [0.02], "latency": ["NaN"]}\'', 'several metrics'],
    ["tidegate analysis try --condition 'len(result) > 0 && result[0] >= 0.99' --result '[0.98]'", 'a condition alone'],
    ['tidegate analysis try templates/ --name gate --prometheus http://prom:9090 --follow', 'the whole run'],
  ]);
}

async function tryAction(invocation: Invocation<TryOptions>): Promise<ExitCode> {
  const { runTry } = await import('./run-try.ts');
  return runTry(invocation);
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
