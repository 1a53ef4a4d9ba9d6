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
import type { Installed } from './installed-objects.ts';
import type { ClusterRole } from './shipped-objects.ts';

interface InstallOptions extends HubOptions {
  readonly target?: boolean;
  readonly dryRun?: boolean;
}

/** `tidegate install` */
export function registerInstall(program: Command, context: CliContext): void {
  const command = program
    .command('install')
    .summary("register Tidegate's kinds in the hub, with its namespace, rights and policy")
    .description(
      "Registers Tidegate's kinds in the hub, makes its namespace, the daemon's account and rights, a Role for each kind of person (bound to nobody), and the policy that people act under their own names. With --target: the daemon's account and rights in a cluster that is released to. Again: brings them to this version. Needs a cluster administrator; running the daemon is for whoever runs the platform.",
    )
    .option('--target', 'install what a cluster needs that is released to; a hub may be one as well')
    .option('--dry-run', 'print the objects as YAML and change nothing; needs no cluster')
    .addOption(outputOption())
    .action(runs<InstallOptions>(context, installCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate install --dry-run | kubectl apply --server-side -f -', 'where only kubectl may write'],
    ['tidegate install --context hub', 'the current version of everything'],
    ['tidegate install --target --context shared-eu', 'let the daemon release to this cluster'],
  ]);
}

async function installCommand({ options, output }: Invocation<InstallOptions>): Promise<ExitCode> {
  const { install, installedObjects } = await import('./installed-objects.ts');
  const role = options.target === true ? 'target' : 'hub';
  const objects = installedObjects(options.namespace, role);
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
    for (const { kind, name, outcome } of outcomes) output.line(`${kind}/${name} ${WORDS[outcome]}`);
    output.line(`next: ${nextStep(role, options.namespace)}`);
    output.answer({ dryRun: false, objects: outcomes });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}

const WORDS: Readonly<Record<Installed['outcome'], string>> = {
  created: 'created',
  changed: 'changed',
  unchanged: 'unchanged',
  notServed: 'left out: this API server does not have its kind, nothing checks who signs an act',
};

function nextStep(role: ClusterRole, namespace: string): string {
  if (role === 'hub') return 'tidegate apply -f FOLDER, then run tidegate daemon where it may reach every cluster';
  return `give the hub a Secret with a token of the account (kubectl -n ${namespace} create token tidegate --duration 8760h) and name it in the Cluster object`;
}
