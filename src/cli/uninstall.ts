import type { Command } from 'commander';
import {
  type CliContext,
  type HubOptions,
  type Invocation,
  type Output,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { HubRemains } from './uninstall-remains.ts';
import type { Removal } from './uninstalled-objects.ts';

interface UninstallOptions extends HubOptions {
  readonly target?: boolean;
  readonly dryRun?: boolean;
}

/** `tidegate uninstall` */
export function registerUninstall(program: Command, context: CliContext): void {
  const command = program
    .command('uninstall')
    .summary('remove the daemon, its rights, the roles and the policy')
    .description(
      'Removes what tidegate install brought: the daemon, its account and rights, the roles for people, the policy. Leaves the kinds, the namespace and what is declared in it, and every Rollout as it is; it says how to remove the first two as well. With --target: the rights in a cluster that is released to. What another installation in the same cluster needs stays. Needs a cluster administrator.',
    )
    .option('--target', 'remove what a cluster has that is released to')
    .option('--dry-run', 'say what would go, and remove nothing')
    .addOption(outputOption())
    .action(runs<UninstallOptions>(context, uninstallCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate uninstall --dry-run', 'what would go, and what would stay'],
    ['tidegate uninstall --context hub', 'the daemon goes, and all that people declared stays'],
    ['tidegate uninstall --target --context shared-eu', 'no release reaches this cluster any more'],
  ]);
}

async function uninstallCommand({ options, output }: Invocation<UninstallOptions>): Promise<ExitCode> {
  const { namespace, dryRun = false } = options;
  const { connectHub } = await import('./composition.ts');
  const { refuseHelms } = await import('./install-upgrade.ts');
  const { removeAll } = await import('./installed-leftovers.ts');
  const { removals } = await import('./uninstalled-objects.ts');
  const { hubRemains } = await import('./uninstall-remains.ts');
  const role = options.target === true ? 'target' : 'hub';
  const hub = await connectHub(options);
  try {
    await refuseHelms(hub.api, namespace);
    const found = await removals(hub.api, namespace, role);
    const remains = role === 'hub' ? await hubRemains(hub.api, namespace) : null;
    const going = found.filter(({ keptFor }) => keptFor === null);
    if (!dryRun)
      await removeAll(
        hub.api,
        going.map(({ object }) => object),
      );
    tellRemovals(found, dryRun, output);
    if (remains === null) output.line('left: its namespace, and every Rollout as it is');
    else tellRemains(remains, namespace, output);
    output.answer({ dryRun, objects: found.map(answerOf), remains });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}

function tellRemovals(found: readonly Removal[], dryRun: boolean, output: Output<string>): void {
  if (found.length === 0) output.line('nothing is installed here');
  for (const { object, keptFor } of found) {
    const what = `${object.kind}/${object.metadata.name}`;
    if (keptFor !== null) output.line(`${what} stays: it is needed for ${keptFor}`);
    else output.line(`${what} ${dryRun ? 'would be removed' : 'removed'}`);
  }
}

function tellRemains({ underway, objects, definitions }: HubRemains, namespace: string, output: Output<string>): void {
  for (const name of underway)
    output.note(
      `warning: release ${name} is under way: its targets stay where they are, nobody measures them, and nothing takes them back until a daemon runs again`,
    );
  if (definitions.length === 0) return output.line('left: every Rollout as it is');
  output.line(
    `left: ${definitions.length} kinds, ${objects} objects of them in ${namespace}, and every Rollout as it is`,
  );
  output.line(`to remove those objects too: kubectl delete namespace ${namespace}`);
  output.line(
    `to remove the kinds, with their objects in every namespace: kubectl delete crd ${definitions.join(' ')}`,
  );
}

function answerOf({ object: { kind, metadata }, keptFor }: Removal): object {
  return { kind, name: metadata.name, outcome: keptFor === null ? 'removed' : 'left', keptFor };
}
