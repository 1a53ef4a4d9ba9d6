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

interface RenderOptions extends CommonOptions {
  readonly files: readonly string[];
  readonly release?: string;
  readonly target?: string;
}

/** `tidegate render` */
export function registerRender(program: Command, context: CliContext): void {
  const command = program
    .command('render')
    .summary('print the objects that a release would write')
    .description(
      'Prints the objects that a release would write, as YAML, exactly as the plan hashes them. Changes nothing.',
    )
    .addOption(filesOption(true))
    .option('--release <name>', 'the release to render (default: the only one)')
    .option('--target <id>', 'one target alone, as cluster/namespace/rollout')
    .addOption(outputOption())
    .action(runs<RenderOptions>(context, renderCommand));
  withExamples(command, [
    ['tidegate render -f waves --release storefront-4.12.0', 'every target'],
    ['tidegate render -f waves --release storefront-4.12.0 --target shared-eu/globex/storefront', 'one of them'],
  ]);
}

async function renderCommand({ options, output }: Invocation<RenderOptions>): Promise<ExitCode> {
  const { chooseRelease, planOrRefuse, planRelease } = await import('./planned-releases.ts');
  const { readStartAt, readSubject } = await import('./plan-subject.ts');
  const { renderedTargets } = await import('./rendered-targets.ts');
  const { toYaml } = await import('../manifests/to-yaml.ts');
  const { input, releases, place } = await readSubject({ files: options.files, namespace: '' });
  const release = chooseRelease(releases, options.release, place);
  const plan = planOrRefuse(planRelease(input, release, readStartAt(undefined)), release);
  const targets = renderedTargets(plan, options.target);
  if (output.format === 'text') {
    for (const { id, objects } of targets) output.line(`---\n# ${id}\n${toYaml(objects).trimEnd()}`);
  }
  output.answer({ release: release.name, planHash: plan.hash, targets });
  return exitCodes.done;
}
