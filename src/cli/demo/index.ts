import { type Command, Option } from 'commander';
import { type CliContext, type CommonOptions, type Invocation, outputOption, runs, withExamples } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type WorldName, worldNames } from './demo-world.ts';
import type { Demo } from './open-demo.ts';

interface DemoOptions extends CommonOptions {
  readonly world: WorldName;
  readonly keep?: boolean;
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
      'Runs a small SaaS on this machine and releases to its 40 customers: a good version reaches all of them, a bad one hurts some, is caught, and is taken back. Leaves plan and evidence as Markdown. Takes about a minute and a half. With --world lab the same is played on two real control planes with Argo Rollouts, from a checkout of the repository where Go is installed; exit code 3 where it is not.',
    )
    .addOption(
      new Option('--world <world>', 'where it is played: clusters modelled here, or real control planes')
        .choices(worldNames)
        .default('sandbox'),
    )
    .option('--keep', 'leave everything running at the end, to look around, until Ctrl-C')
    .option('--quick', 'without the lost command and the stop of Prometheus')
    .option('--dir <folder>', 'where plan, evidence and the log of the daemon go', 'out')
    .option('--prometheus-bin <file>', 'the Prometheus to run (default: PATH, cache, or the distribution)')
    .addOption(outputOption())
    .action(runs<DemoOptions>(context, demoCommand));
  withExamples(command, [
    ['tidegate demo', 'the whole story'],
    ['tidegate demo --quick --output json', 'the short one; the last line says how it went'],
    ['tidegate demo --world lab --keep', 'on real control planes; then see for yourself with kubectl'],
  ]);
}

async function demoCommand({ options, output, context }: Invocation<DemoOptions>): Promise<ExitCode> {
  const { createStage } = await import('./stage.ts');
  const { openDemo } = await import('./open-demo.ts');
  const { runDemo } = await import('./run-demo.ts');
  const { demoProblems } = await import('./outcome.ts');
  const stage = await createStage(output, context.terminal);
  const isQuick = options.quick === true;
  const demo = await openDemo({
    stage,
    world: options.world,
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
    if (options.keep === true) await keepUp(demo, context.signal);
    return problems.length === 0 ? exitCodes.done : exitCodes.internal;
  } finally {
    stage.end();
    await demo.close();
  }
}

/** Until Ctrl-C. */
async function keepUp({ stage, world }: Demo, signal: AbortSignal): Promise<void> {
  stage.say(`   it all stays up until Ctrl-C: kubectl --kubeconfig ${world.access.kubeconfigPath} get rollouts -A`);
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
