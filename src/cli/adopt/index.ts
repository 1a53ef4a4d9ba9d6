import type { Command } from 'commander';
import {
  type CliContext,
  DEFAULT_NAMESPACE,
  type HubOptions,
  type Invocation,
  outputOption,
  runs,
  withExamples,
} from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';

interface AdoptOptions extends Omit<HubOptions, 'namespace' | 'output'> {
  readonly output: 'text' | 'json';
  readonly namespace?: string;
  readonly workload?: string;
  readonly as?: string;
  readonly container?: readonly string[];
  readonly prove?: boolean;
}

/** `tidegate adopt` */
export function registerAdopt(program: Command, context: CliContext): void {
  const command = program
    .command('adopt')
    .summary('release a Rollout that others made, and prove that adopting it moves nothing')
    .description(
      'Says whether a Rollout that others made can be released by Tidegate, who else writes its images and canary steps, and prints the Workload for it. With --prove: takes hold of just these fields, behind a gate, proves that revision, ReplicaSets and pods stay the same, and puts the steps back. A Deployment is refused: the Rollout that takes it over is printed. With --workload: all targets of a workload that the hub knows. Needs to get Rollouts and Deployments, to list ReplicaSets, pods and autoscalers, and for a proof to patch Rollouts.',
    )
    .argument('[rollout]', 'name of the Rollout')
    .option('--prove', 'take hold of images and canary steps, and prove that nothing moves')
    .option(
      '--container <name...>',
      'whose images a release changes (default: the one named like the Rollout, or the only one)',
    )
    .option('--as <name>', 'name of the workload that it is to be (default: the name of the Rollout)')
    .option('--workload <name>', 'adopt the Rollouts of every target of this workload of the hub')
    .option(
      '-n, --namespace <name>',
      `namespace of the Rollout; with --workload that of Tidegate's objects in the hub (default: ${DEFAULT_NAMESPACE})`,
    )
    .option('--kubeconfig <file>', 'kubeconfig to use (default: $KUBECONFIG, ~/.kube/config)')
    .option('--context <name>', 'context of the cluster; with --workload of the hub (default: the current one)')
    .addOption(outputOption())
    .action(runs<AdoptOptions>(context, adoptCommand));
  withExamples(command, [
    ['tidegate adopt storefront -n acme > workload.yaml', 'what stands in the way, and the Workload'],
    ['tidegate adopt storefront -n acme --prove', 'adopt it, and prove that nothing moved'],
    ['tidegate adopt --workload storefront --prove', 'every target of a workload; exit code 50 if one is left'],
  ]);
}

async function adoptCommand({ options, args, output, context }: Invocation<AdoptOptions>): Promise<ExitCode> {
  const { badArgument } = await import('../failure.ts');
  const { withHub } = await import('../release/with-hub.ts');
  const { namespace, workload, container } = options;
  const rollout = args[0];
  const isProven = options.prove === true;
  if ((rollout === undefined) === (workload === undefined))
    throw badArgument('name one Rollout, or with --workload a workload of the hub');
  if (workload !== undefined) {
    if (options.as !== undefined || container !== undefined)
      throw badArgument('--as and --container are for one Rollout: a workload of the hub says both');
    const { adoptWorkload } = await import('./adopt-workload.ts');
    const hubOptions = { ...options, namespace: namespace ?? DEFAULT_NAMESPACE };
    return withHub(hubOptions, (hub) => adoptWorkload(hub, workload, { isProven, signal: context.signal, output }));
  }
  if (namespace === undefined) throw badArgument('-n: say in which namespace the Rollout is');
  const { adoptRollout } = await import('./adopt-rollout.ts');
  return withHub({ ...options, namespace }, ({ api, clock }) =>
    adoptRollout(
      { api, clock, signal: context.signal, output },
      { namespace, rollout: rollout!, workload: options.as ?? null, containers: container ?? null, isProven },
    ),
  );
}
