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

interface InstallOptions extends HubOptions {
  readonly dryRun?: boolean;
}

/** `tidegate install` */
export function registerInstall(program: Command, context: CliContext): void {
  const command = program
    .command('install')
    .summary("register Tidegate's kinds in the hub and make its namespace")
    .description(
      "Registers Tidegate's kinds in the hub and makes its namespace. Again: brings them to this version. The daemon's Deployment and its rights are for whoever runs the platform to apply.",
    )
    .option('--dry-run', 'print the objects as YAML and change nothing; needs no cluster')
    .addOption(outputOption())
    .action(runs<InstallOptions>(context, installCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate install --dry-run | kubectl apply --server-side -f -', 'where only kubectl may write'],
    ['tidegate install --context hub', 'the current version of every kind'],
  ]);
}

async function installCommand({ options, output }: Invocation<InstallOptions>): Promise<ExitCode> {
  const { install, installedObjects } = await import('./installed-objects.ts');
  const objects = installedObjects(options.namespace);
  if (options.dryRun === true) {
    const { toYaml } = await import('../manifests/to-yaml.ts');
    if (output.format === 'text') output.line(toYaml(objects).trimEnd());
    output.answer({ dryRun: true, objects });
    return exitCodes.done;
  }
  const { connectHub } = await import('./composition.ts');
  const hub = await connectHub(options);
  try {
    const outcomes = await install(hub.api, hub.clock, objects);
    for (const { kind, name, outcome } of outcomes) output.line(`${kind}/${name} ${outcome}`);
    output.line(`next: tidegate apply -f FOLDER, then run tidegate daemon where it may reach every cluster`);
    output.answer({ dryRun: false, objects: outcomes });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}
