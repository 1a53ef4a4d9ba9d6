import type { Command } from 'commander';
import {
  type CliContext,
  type HubOptions,
  type Invocation,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

interface RemoveOptions extends HubOptions {
  readonly targetContext?: string;
  readonly force?: boolean;
}

/** Adds `cluster remove`. */
export function registerRemove(cluster: Command, context: CliContext): void {
  const command = cluster
    .command('remove')
    .summary('release to a cluster no more')
    .description(
      'Deletes the Cluster and its Secret from the hub, and says what stays. Refused (exit code 50) while pools or tenants are there. With --target-context: ends the token in the cluster, too. Rollouts are never touched.',
    )
    .argument('<name>', 'name of the Cluster in the hub')
    .option('--target-context <name>', 'context of the cluster, to end the token there')
    .option('--force', 'though pools and tenants are there')
    .addOption(outputOption())
    .action(runs<RemoveOptions>(context, removeCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate cluster remove old-eu --target-context old-eu', 'and end its token'],
    ['tidegate cluster remove gone-us', 'a cluster that is no more'],
  ]);
}

async function removeCommand({ options, args, output }: Invocation<RemoveOptions>): Promise<ExitCode> {
  const { withHub } = await import('../release/with-hub.ts');
  const { declaredFleet, namedCluster } = await import('./declared-clusters.ts');
  const { removeCluster } = await import('./remove-cluster.ts');
  return await withHub(options, async (hub) => {
    const fleet = await declaredFleet(hub.api, hub.namespace);
    const cluster = namedCluster(fleet, args[0]!);
    const target = options.targetContext === undefined ? null : await hub.connectContext(options.targetContext);
    const isForced = options.force === true;
    const done = await removeCluster({ hub: hub.api, namespace: hub.namespace, fleet, cluster, target, isForced });
    output.answer({ cluster: cluster.name, ...done });
    if (done.kind === 'refused') {
      output.note(`error: ${done.message}`);
      return exitCodes.refused;
    }
    for (const object of done.removed) output.line(`in the hub: ${object} deleted`);
    if (done.isTokenEnded) output.line(`in ${options.targetContext}: the token is ended`);
    for (const what of done.stays) output.line(`stays: ${what}`);
    return exitCodes.done;
  });
}
