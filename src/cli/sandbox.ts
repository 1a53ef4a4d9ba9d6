import { type Command, InvalidArgumentError } from 'commander';
import {
  type CliContext,
  type CommonOptions,
  DEFAULT_NAMESPACE,
  filesOption,
  type Invocation,
  outputOption,
  runs,
  withExamples,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { badArgument } from './failure.ts';

interface SandboxOptions extends CommonOptions {
  readonly files?: readonly string[];
  readonly traffic?: string;
  readonly baseline?: string;
  /** `false` for `--no-prometheus`. */
  readonly prometheus: boolean;
  readonly prometheusBin?: string;
  readonly portBase?: number;
  readonly dir?: string;
  readonly namespace: string;
}

/** `tidegate sandbox` */
export function registerSandbox(program: Command, context: CliContext): void {
  const command = program
    .command('sandbox')
    .summary('run a small SaaS on this machine')
    .description(
      'Runs a small SaaS on this machine until Ctrl-C: clusters with the Kubernetes API and Argo Rollouts modelled after the real ones, customers who ask, and a real Prometheus that measures it. Every other command works against it.',
    )
    .addOption(filesOption(false))
    .option('--traffic <file>', 'what versions do to customers (default: sandbox.traffic of the first folder)')
    .option('--baseline <release>', "the release that runs at first (default: the images of the workloads' templates)")
    .option('--prometheus-bin <file>', 'the Prometheus to run (default: PATH, cache, or the distribution)')
    .option('--no-prometheus', 'measure nothing')
    .option('--port-base <port>', 'first of consecutive ports (default: any that are free)', readPort)
    .option('--dir <folder>', 'where the kubeconfig goes (default: a temporary folder)')
    .option('-n, --namespace <name>', "namespace of Tidegate's objects in the hub", DEFAULT_NAMESPACE)
    .addOption(outputOption())
    .action(runs<SandboxOptions>(context, sandboxCommand));
  withExamples(command, [
    ['tidegate sandbox', 'the worked example'],
    ['tidegate sandbox -f my-fleet --dir .sandbox', 'your own fleet; export KUBECONFIG=.sandbox/kubeconfig'],
  ]);
}

async function sandboxCommand({ options, output, context }: Invocation<SandboxOptions>): Promise<ExitCode> {
  const { signal } = context;
  const { startSandboxWorld } = await import('./sandbox-world.ts');
  const { defaultTraffic, exampleFolder, nextSteps } = await import('./sandbox-example.ts');
  const files = options.files ?? [exampleFolder()];
  const sandbox = await startSandboxWorld({
    files,
    trafficFile: options.traffic ?? defaultTraffic(files),
    namespace: options.namespace,
    baseline: options.baseline ?? null,
    prometheus: options.prometheus ? { bin: options.prometheusBin, atDeclaredPort: true } : null,
    portBase: options.portBase ?? null,
    dir: options.dir ?? null,
    log: (line) => output.note(line),
  }).catch(takenPort);
  try {
    const { kubeconfigPath, clusters, inventory, prometheus } = sandbox;
    for (const line of nextSteps({
      kubeconfigPath,
      clusters,
      inventory,
      files,
      prometheusUrl: prometheus?.url ?? null,
    }))
      output.line(line);
    output.answer({ kubeconfig: kubeconfigPath, clusters, prometheus: prometheus?.url ?? null, pid: process.pid });
    await aborted(signal);
    output.note('stopping');
    return exitCodes.done;
  } finally {
    await sandbox.stop();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A port that somebody else has is for the caller to choose again. */
function takenPort(error: unknown): never {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code !== 'EADDRINUSE') throw error;
  throw badArgument(`--port-base: port ${port} is taken, give another base or none`);
}

const HIGHEST_BASE = 65_000;

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_BASE) return port;
  throw new InvalidArgumentError(`expected a port from 1 to ${HIGHEST_BASE}`);
}
