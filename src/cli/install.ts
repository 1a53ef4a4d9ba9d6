import { type Command, InvalidArgumentError, Option } from 'commander';
import type { JsonObject } from '../domain/workload.ts';
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
import { badArgument } from './failure.ts';
import type { Upgraded } from './install-upgrade.ts';
import type { DaemonChoice } from './installed-daemon.ts';
import { imageFault, versionOfImage } from './installed-image.ts';
import { ownVersion } from './version.ts';

interface InstallOptions extends HubOptions {
  readonly target?: boolean;
  readonly image?: string;
  readonly replicas?: number;
  readonly serviceMonitor?: boolean;
  readonly withoutDaemon?: boolean;
  readonly dryRun?: boolean;
}

/** What is wanted of the daemon in the hub: run so, left as it is, or taken out. */
export type DaemonWish = DaemonChoice | 'asItIs' | 'none';

const DEFAULT_REPLICAS = 2;
const MOST_REPLICAS = 5;

/** `tidegate install` */
export function registerInstall(program: Command, context: CliContext): void {
  const command = program
    .command('install')
    .summary("register Tidegate's kinds in the hub, with its namespace, rights and policy, and run the daemon")
    .description(
      "Registers Tidegate's kinds in the hub, makes its namespace, the daemon's account and rights, a Role for each kind of person (bound to nobody), and the policy that people act under their own names. With --image the daemon runs there as well; without it, for no image can be guessed, a daemon that is there is left as it is, and another may run elsewhere. With --target: the daemon's account and rights in a cluster that is released to. Again: brings all of it to this version, and removes what an earlier one installed and this one no longer ships. Needs a cluster administrator.",
    )
    .option('--target', 'install what a cluster needs that is released to; a hub may be one as well')
    .addOption(
      new Option('--image <reference>', 'run the daemon in the hub from this image, named with a tag or a digest')
        .argParser(readImage)
        .conflicts(['target', 'withoutDaemon']),
    )
    .addOption(
      new Option('--replicas <count>', `how many daemons; one leads (default: ${DEFAULT_REPLICAS})`).argParser(
        readReplicas,
      ),
    )
    .option('--service-monitor', 'tell the Prometheus operator of the daemon')
    .addOption(new Option('--without-daemon', 'take a daemon that runs in the hub out of it').conflicts('target'))
    .option('--dry-run', 'print the objects as YAML and change nothing; needs no cluster')
    .addOption(outputOption())
    .action(runs<InstallOptions>(context, installCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate install --image registry.example/tidegate:0.1.0', 'the hub, and the daemon in it'],
    ['tidegate install --dry-run | kubectl apply --server-side -f -', 'where only kubectl may write'],
    ['tidegate install --context hub', 'the current version of everything but the daemon'],
    ['tidegate install --target --context shared-eu', 'let the daemon release to this cluster'],
  ]);
}

async function installCommand({ options, output }: Invocation<InstallOptions>): Promise<ExitCode> {
  const { installedObjects } = await import('./installed-objects.ts');
  const { namespace } = options;
  const role = options.target === true ? 'target' : 'hub';
  const wish = daemonWish(options);
  const objects = installedObjects(namespace, role, typeof wish === 'string' ? null : wish);
  if (options.dryRun === true) return show(objects, output);
  const { connectHub } = await import('./composition.ts');
  const { upgrade } = await import('./install-upgrade.ts');
  const hub = await connectHub(options);
  try {
    const upgraded = await upgrade(hub.api, hub.clock, { namespace, role, wish, objects });
    tell(upgraded, output);
    output.line(`next: ${nextStep(options, wish, upgraded)}`);
    output.answer({ dryRun: false, ...upgraded });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}

async function show(objects: readonly JsonObject[], output: Output<string>): Promise<ExitCode> {
  const { toYaml } = await import('../manifests/to-yaml.ts');
  if (output.format === 'text') output.line(toYaml(objects).trimEnd());
  output.answer({ dryRun: true, objects });
  return exitCodes.done;
}

function daemonWish({ image, replicas, serviceMonitor, withoutDaemon, target }: InstallOptions): DaemonWish {
  if (image === undefined) {
    const idle = replicas !== undefined ? '--replicas' : serviceMonitor === true ? '--service-monitor' : null;
    if (idle !== null)
      throw badArgument(
        target === true
          ? `${idle} is for the daemon, which runs in the hub: leave it out, or leave out --target`
          : `${idle} is for a daemon that runs in the hub: say from which image with --image REFERENCE`,
      );
    return withoutDaemon === true ? 'none' : 'asItIs';
  }
  return { image, replicas: replicas ?? DEFAULT_REPLICAS, serviceMonitor: serviceMonitor === true };
}

function tell({ objects, daemon }: Upgraded, output: Output<string>): void {
  for (const { kind, name, outcome } of objects) {
    const why = kind === 'ServiceMonitor' ? NO_OPERATOR : NO_POLICY;
    output.line(`${kind}/${name} ${outcome === 'notServed' ? why : outcome}`);
  }
  if (daemon === 'leftAsItIs') output.line(`Deployment/tidegate ${LEFT_AS_IT_IS}`);
}

const NO_POLICY = 'left out: this API server does not have its kind, nothing checks who signs an act';
const NO_OPERATOR =
  'left out: this API server does not have its kind, install the Prometheus operator and run this again';
const LEFT_AS_IT_IS =
  'left as it is: --image REFERENCE brings the daemon to this version, --without-daemon takes it out';

function nextStep({ namespace, target }: InstallOptions, wish: DaemonWish, { daemon }: Upgraded): string {
  if (target === true)
    return 'tidegate cluster add CONTEXT gives the hub a token and tells it of this cluster; the hub itself needs no token';
  if (typeof wish !== 'string') {
    const skew = versionOfImage(wish.image);
    const other =
      skew === null || skew === ownVersion()
        ? ''
        : `; the image says ${skew}, this is ${ownVersion()}: install with the tidegate of the image`;
    return `kubectl -n ${namespace} rollout status deployment/tidegate, then tidegate apply -f FOLDER and tidegate doctor${other}`;
  }
  if (daemon === 'leftAsItIs') return 'tidegate apply -f FOLDER, then tidegate doctor';
  return 'tidegate apply -f FOLDER, then run tidegate daemon where it may reach every cluster, or install again with --image REFERENCE to run it here';
}

function readImage(text: string): string {
  const fault = imageFault(text);
  if (fault === null) return text;
  throw new InvalidArgumentError(`${text.slice(0, 80)} ${fault}; expected REGISTRY/NAME:VERSION or NAME@sha256:…`);
}

function readReplicas(text: string): number {
  const count = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_REPLICAS) return count;
  throw new InvalidArgumentError(`expected an integer from 1 to ${MOST_REPLICAS}; two are enough, one leads`);
}
