import { parseArgs } from 'node:util';
import { type Lab, LabUnavailable, startLab } from './lab.ts';
import { sweepLeftovers } from './leftovers.ts';

const help = `Starts a real Kubernetes control plane with Argo Rollouts, fake pods and Prometheus on loopback.

Usage: npm run lab -- [options]

  --prometheus HOST:PORT   also start Prometheus, scraping this target (may be given again)
  --audit                  log every change of Argo's kinds, with both bodies
  --down                   end what a dead starter left running, and exit
  --help                   show this

The first start builds the programs with Go 1.26, which takes minutes; later ones take seconds.
Exit codes: 0 stopped, 1 a part failed, 2 unknown option, 3 there is no Go to build with.
`;

await main();

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  if (options.down) {
    takeDown();
    return;
  }
  try {
    await runUntilSignal(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = error instanceof LabUnavailable ? LabUnavailable.exitCode : 1;
  }
}

interface Options {
  readonly help: boolean;
  readonly down: boolean;
  readonly audit: boolean;
  readonly prometheus: readonly string[];
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        down: { type: 'boolean', default: false },
        audit: { type: 'boolean', default: false },
        prometheus: { type: 'string', multiple: true, default: [] },
      },
    });
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exitCode = 2;
    return undefined;
  }
}

function takeDown(): void {
  const { ended, alive } = sweepLeftovers();
  for (const what of ended) console.log(`lab: ended ${what}`);
  for (const what of alive) console.log(`lab: left alone, its starter is alive: ${what}`);
  if (ended.length === 0 && alive.length === 0) console.log('lab: nothing was running');
}

async function runUntilSignal(options: Options): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const startedAtMs = performance.now();
  const starting = startLab({
    audit: options.audit,
    log: (line) => console.log(line),
    ...(options.prometheus.length > 0 ? { prometheus: { scrapeTargets: options.prometheus } } : {}),
  });
  const first = await Promise.race([starting, signalled]);
  if (!first) {
    // Ending the process ends what it has started so far.
    process.exit(0);
  }
  console.log(welcome(first, (performance.now() - startedAtMs) / 1000));
  await signalled;
  console.log('lab: stopping');
  await first.stop();
}

function welcome(lab: Lab, seconds: number): string {
  const lines = [
    `lab: up in ${seconds.toFixed(1)} s; Ctrl-C stops it. Logs: ${lab.folder}/logs`,
    '',
    `  export KUBECONFIG=${lab.kubeconfigPath}`,
    `  ${lab.binPath('kubectl')} get nodes,crd`,
    `  ${lab.binPath('kubectl-argo-rollouts')} list rollouts -A`,
  ];
  if (lab.prometheusUrl) lines.push('', `  Prometheus: ${lab.prometheusUrl}`);
  return lines.join('\n');
}
