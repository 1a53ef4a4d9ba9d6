import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

/** Adds `cluster list`. */
export function registerList(cluster: Command, context: CliContext): void {
  const command = cluster
    .command('list')
    .summary('who is released to: address, metrics, reached or not, age of the token, missing rights')
    .description(
      'Lists the clusters of the hub, and tries each with the access that the hub has: whether it answers within ten seconds, and which rights are missing. tidegate doctor looks deeper.',
    )
    .addOption(outputOption())
    .action(
      runs<HubOptions>(context, async ({ options, output }) => {
        const { withHub } = await import('../release/with-hub.ts');
        const { declaredFleet } = await import('./declared-clusters.ts');
        const { clusterLines, listedClusters } = await import('./listed-clusters.ts');
        return await withHub(options, async (hub) => {
          const { clusters } = await declaredFleet(hub.api, hub.namespace);
          const listed = await listedClusters(hub, clusters);
          for (const line of clusterLines(listed, hub.clock.now())) output.line(line);
          output.answer({ clusters: listed });
          return exitCodes.done;
        });
      }),
    );
  withHubOptions(command);
  withExamples(command, [
    ['tidegate cluster list', 'all of them'],
    ['tidegate cluster list -o json | jq ".clusters[] | select(.isReachable | not)"', 'in a script'],
  ]);
}
