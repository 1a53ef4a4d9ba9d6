import type { Command } from 'commander';
import { type CliContext, type Invocation, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { WantedOptions } from './wanted-cluster.ts';

interface AddOptions extends WantedOptions {
  readonly dryRun?: boolean;
  readonly print?: boolean;
}

/** Adds `cluster add`. */
export function registerAdd(cluster: Command, context: CliContext): void {
  const command = cluster
    .command('add')
    .summary('let the daemon release to a cluster')
    .description(
      'Makes a cluster ready to be released to, and tells the hub of it. In the cluster: the namespace, account and rights of `tidegate install --target`, and a Secret with a token of that account. The token is tried: it must be let in and hold every right. Only then, in the hub: a Secret with a kubeconfig (address, authority, token; no plug-in, no path), and the Cluster. Again: brings everything to this version and keeps a token that works. The hub itself gets no token. Needs an administrator of both clusters; your own contexts may use credential plug-ins, they run here alone.',
    )
    .argument('<context>', 'context of the cluster in your kubeconfig')
    .option('--name <name>', 'name of the Cluster in the hub (default: the context)')
    .option('--metrics <source>', "MetricSource with its tenants' data (default: the one it has, or the only one)")
    .option('--server <url>', 'address at which the hub reaches it (default: that of the context)')
    .option('--tls-server-name <name>', 'name in its certificate, where that is not the address')
    .option('--proxy-url <url>', 'proxy between the hub and it (default: none, whatever the context says)')
    .option('--insecure-skip-tls-verify', 'do not verify the server: whoever answers there is given the token')
    .option('--replace', 'take a name in the hub that leads elsewhere now')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--print', 'print it all as YAML, in two parts, and ask nobody; without the token')
    .addOption(outputOption())
    .action(runs<AddOptions>(context, addCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate cluster add shared-eu --metrics prom-eu', 'the context and the Cluster have the same name'],
    ['tidegate cluster add admin@eu --name shared-eu --server https://10.0.0.1:6443', 'the hub has another way to it'],
    ['tidegate cluster add shared-eu --metrics prom-eu --print', 'for a repository that is applied by others'],
  ]);
}

async function addCommand(invocation: Invocation<AddOptions>): Promise<ExitCode> {
  const { options, args, output } = invocation;
  if (options.print === true) return await printCommand(invocation);
  const { withHub } = await import('../release/with-hub.ts');
  const { addCluster } = await import('./add-cluster.ts');
  const { foreseeCluster } = await import('./foresee-cluster.ts');
  const { wantedCluster } = await import('./wanted-cluster.ts');
  const { worldOf } = await import('./world-of.ts');
  const context = args[0]!;
  return await withHub(options, async (hub) => {
    const { wanted, warnings } = await wantedCluster(hub, options, context);
    for (const warning of warnings) output.note(`warning: ${warning}`);
    const world = worldOf(hub, await hub.connectContext(context), (text) => output.line(text));
    const work = options.dryRun === true ? foreseeCluster : addCluster;
    const done = await work(world, wanted);
    output.answer({ cluster: wanted.name, ...done });
    if (done.kind === 'refused') {
      output.note(`error: ${done.message}`);
      return exitCodes.refused;
    }
    if (done.kind === 'foreseen') for (const line of done.lines) output.line(line);
    else {
      for (const { kind, name, outcome } of done.hub) output.line(`in the hub: ${kind}/${name} ${outcome}`);
      output.line(`next: tidegate doctor ${wanted.name}; then declare the pools and tenants that are there`);
    }
    return exitCodes.done;
  });
}

async function printCommand({ options, args, output }: Invocation<AddOptions>): Promise<ExitCode> {
  const { badArgument } = await import('../failure.ts');
  const { addressOf } = await import('../composition.ts');
  const { clusterName } = await import('./chosen-names.ts');
  const { printedCluster, printedText } = await import('./printed-cluster.ts');
  const { addressToStore, addressWarnings } = await import('./server-address.ts');
  const context = args[0]!;
  if (options.metrics === undefined)
    throw badArgument('--metrics: name the MetricSource of its tenants; --print asks nobody which there are');
  const own = await addressOf(options, context);
  const address = addressToStore(own, options);
  for (const warning of addressWarnings(own, address, null)) output.note(`warning: ${warning}`);
  const input = { name: clusterName(options.name, context), context, metrics: options.metrics, address };
  const printed = printedCluster(input, options.namespace, options.context ?? null);
  if (output.format === 'text') output.line(printedText(printed, context));
  output.answer({ cluster: input.name, kind: 'printed', ...printed });
  return exitCodes.done;
}
