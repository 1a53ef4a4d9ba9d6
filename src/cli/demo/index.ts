import type { Command } from 'commander';
import { type CliContext, type CommonOptions, type Invocation, outputOption, runs, withExamples } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

interface DemoOptions extends CommonOptions {
  readonly quick?: boolean;
  readonly dir: string;
  readonly prometheusBin?: string;
}

/** `tidegate demo` */
export function registerDemo(program: Command, context: CliContext): void {
  const command = program
    .command('demo')
    .summary('watch a good and a bad release of a small SaaS')
    .description(
      'Runs a small SaaS on this machine and releases to its 40 customers: a good version reaches all of them, a bad one hurts some, is caught, and is taken back. Leaves plan and evidence as Markdown. Takes about a minute and a half.',
    )
    .option('--quick', 'without the lost command and the stop of Prometheus')
    .option('--dir <folder>', 'where plan, evidence and the log of the daemon go', 'out')
    .option('--prometheus-bin <file>', 'the Prometheus to run (default: PATH, cache, or the distribution)')
    .addOption(outputOption())
    .action(runs<DemoOptions>(context, demoCommand));
  withExamples(command, [
    ['tidegate demo', 'the whole story'],
    ['tidegate demo --quick --output json', 'the short one; the last line says how it went'],
  ]);
}

async function demoCommand({ options, output, context }: Invocation<DemoOptions>): Promise<ExitCode> {
  const { createStage } = await import('./stage.ts');
  const { openDemo } = await import('./demo-world.ts');
  const { runDemo } = await import('./run-demo.ts');
  const { demoProblems } = await import('./outcome.ts');
  const stage = await createStage(output, context.terminal);
  const isQuick = options.quick === true;
  const demo = await openDemo({
    stage,
    dir: options.dir,
    isQuick,
    prometheusBin: options.prometheusBin,
    signal: context.signal,
  });
  try {
    const result = await runDemo(demo);
    const problems = demoProblems(result);
    for (const problem of problems) output.note(`not as it should be: ${problem}`);
    output.answer(result);
    return problems.length === 0 ? exitCodes.done : exitCodes.internal;
  } finally {
    stage.end();
    await demo.close();
  }
}
