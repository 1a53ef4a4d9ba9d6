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
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface ApplyOptions extends HubOptions {
  readonly files: readonly string[];
  readonly dryRun?: boolean;
}

/** `tidegate apply` */
export function registerApply(program: Command, context: CliContext): void {
  const command = program
    .command('apply')
    .summary('declare fleet, workloads and wave plans to the hub')
    .description(
      'Declares fleet, workloads and wave plans to the hub. Everything is checked together with what is there first: bad input changes nothing. Releases are not started.',
    )
    .addOption(filesOption(true))
    .option('--dry-run', 'say what would change, change nothing')
    .addOption(outputOption())
    .action(runs<ApplyOptions>(context, applyCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate apply -f waves', 'created, changed or unchanged, object by object'],
    ['tidegate apply -f waves --dry-run', 'the same, and nothing is changed'],
  ]);
}

async function applyCommand({ options, output }: Invocation<ApplyOptions>): Promise<ExitCode> {
  const { readFiles } = await import('../adapters/files/read-files.ts');
  const { checkDeclarations, writeDeclarations } = await import('./declarations.ts');
  const { connectHub } = await import('./composition.ts');
  const files = await readFiles(options.files);
  const hub = await connectHub(options);
  try {
    const { changes, left, unreadable } = await checkDeclarations(hub.api, hub.namespace, files);
    for (const message of unreadable) output.note(`warning: in the hub: ${message}`);
    if (options.dryRun !== true) await writeDeclarations(hub.api, changes);
    const ending = options.dryRun === true ? ' (dry run)' : '';
    for (const { kind, name, outcome } of changes) output.line(`${kind}/${name} ${outcome}${ending}`);
    for (const { kind, name, next } of left) output.line(`${kind}/${name} left alone: ${next}`);
    output.answer({
      dryRun: options.dryRun === true,
      objects: changes.map(({ kind, name, outcome }) => ({ kind, name, outcome })),
      leftAlone: left.map(({ kind, name }) => ({ kind, name })),
    });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}
