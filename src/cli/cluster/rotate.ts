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

interface RotateOptions extends HubOptions {
  readonly targetContext?: string;
}

/** Adds `cluster rotate`. */
export function registerRotate(cluster: Command, context: CliContext): void {
  const command = cluster
    .command('rotate')
    .summary('give a cluster a new token, and end the old one')
    .description(
      'Makes a new token in the cluster, tries it, puts it into the Secret of the hub, and deletes the old one. A daemon that is refused with the old one reads the Secret again at once: nothing is restarted, and no release stands still. Needs an administrator of the cluster, and in the hub the right to change that Secret.',
    )
    .argument('<name>', 'name of the Cluster in the hub')
    .option('--target-context <name>', 'context of the cluster (default: the one that it was added by)')
    .addOption(outputOption())
    .action(runs<RotateOptions>(context, rotateCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate cluster rotate shared-eu', 'every 90 days, or when somebody left'],
    ['tidegate cluster rotate shared-eu --target-context admin@eu', 'on another machine than it was added from'],
  ]);
}

async function rotateCommand({ options, args, output }: Invocation<RotateOptions>): Promise<ExitCode> {
  const { withHub } = await import('../release/with-hub.ts');
  const { declaredFleet, namedCluster, recordedContext } = await import('./declared-clusters.ts');
  const { rotateToken } = await import('./rotate-token.ts');
  const { worldOf } = await import('./world-of.ts');
  return await withHub(options, async (hub) => {
    const cluster = namedCluster(await declaredFleet(hub.api, hub.namespace), args[0]!);
    const targetContext = options.targetContext ?? (await recordedContext(hub.api, cluster)) ?? cluster.name;
    const world = worldOf(hub, await hub.connectContext(targetContext), (text) => output.line(text));
    const done = await rotateToken(world, cluster);
    output.answer({ cluster: cluster.name, ...done });
    if (done.kind === 'refused') output.note(`error: ${done.message}`);
    return done.kind === 'refused' ? exitCodes.refused : exitCodes.done;
  });
}
