import { parseArgs } from 'node:util';
import { buildLab } from './build.ts';
import { type Lab, LabUnavailable, startLab } from './lab.ts';
import { sweepLeftovers } from './leftovers.ts';

const help = `Starts real Kubernetes control planes with Argo Rollouts, fake pods and Prometheus on loopback.

Usage: npm run lab -- [options]

  --clusters N|NAMES       how many control planes, or their names with commas between (default: one, named lab)
  --prometheus HOST:PORT   also start Prometheus, scraping this target (may be given again)
  --stock-limits           controllers ask no more than 20 to 50 times a second, as most clusters have it
  --audit                  log every change of Argo's kinds, with both bodies
  --output json            say where everything is, or what failed, in one line of JSON on stdout, and the rest on stderr
  --attached               stop when stdin ends, for programs that start a lab
  --build                  build everything that is not built yet, and exit
  --down                   end what a dead starter left running, and exit
  --help                   show this

The first start builds the programs with Go 1.26, which takes minutes; later ones take seconds.
Exit codes: 0 stopped or built, 1 a part failed, 2 unknown option, 3 there is no Go to build with.
`;

const mostClusters = 8;
const nameShape = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

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
    if (options.build) await buildEverything();
    else await runUntilSignal(options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (options.isJson) console.log(JSON.stringify({ error: message }));
    else console.error(message);
    process.exitCode = error instanceof LabUnavailable ? LabUnavailable.exitCode : 1;
  } finally {
    // An open input would keep the process.
    if (options.attached) process.stdin.destroy();
  }
}

interface Options {
  readonly help: boolean;
  readonly down: boolean;
  readonly attached: boolean;
  readonly build: boolean;
  readonly audit: boolean;
  readonly isJson: boolean;
  readonly stockLimits: boolean;
  readonly clusters: readonly string[];
  readonly prometheus: readonly string[];
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        down: { type: 'boolean', default: false },
        attached: { type: 'boolean', default: false },
        audit: { type: 'boolean', default: false },
        build: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o', default: 'text' },
        'stock-limits': { type: 'boolean', default: false },
        clusters: { type: 'string', default: '1' },
        prometheus: { type: 'string', multiple: true, default: [] },
      },
    });
    const { output, 'stock-limits': stockLimits, clusters, ...rest } = values;
    if (output !== 'text' && output !== 'json') throw new Error(`--output: expected text or json, not ${output}`);
    return { ...rest, stockLimits, isJson: output === 'json', clusters: clusterNames(clusters) };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exitCode = 2;
    return undefined;
  }
}

/** `2` is `lab` and `lab-2`. */
function clusterNames(text: string): readonly string[] {
  const isCount = /^\d+$/.test(text);
  const names = isCount
    ? Array.from({ length: Number(text) }, (_, index) => (index === 0 ? 'lab' : `lab-${index + 1}`))
    : text.split(',');
  if (names.length < 1 || names.length > mostClusters)
    throw new Error(`--clusters: expected 1 to ${mostClusters} clusters, not ${names.length}`);
  const odd = names.find((name, index) => !nameShape.test(name) || names.indexOf(name) !== index);
  if (odd !== undefined) throw new Error(`--clusters: "${odd}" is no name of its own in lower case`);
  return names;
}

function takeDown(): void {
  const { ended, alive } = sweepLeftovers();
  for (const what of ended) console.log(`lab: ended ${what}`);
  for (const what of alive) console.log(`lab: left alone, its starter is alive: ${what}`);
  if (ended.length === 0 && alive.length === 0) console.log('lab: nothing was running');
}

async function buildEverything(): Promise<void> {
  const startedAtMs = performance.now();
  const { binFolder } = await buildLab({ prometheus: true, log: (line) => console.log(line) });
  console.log(`lab: built after ${Math.round((performance.now() - startedAtMs) / 1000)} s, in ${binFolder}`);
}

async function runUntilSignal(options: Options): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (options.attached) process.stdin.resume().once('end', () => resolve());
  });
  const say = (line: string) => (options.isJson ? console.error(line) : console.log(line));
  const startedAtMs = performance.now();
  const starting = startLab({
    clusters: options.clusters,
    audit: options.audit,
    stockLimits: options.stockLimits,
    log: say,
    ...(options.prometheus.length > 0 ? { prometheus: { scrapeTargets: options.prometheus } } : {}),
  });
  const lab = await Promise.race([starting, signalled]);
  if (!lab) {
    // Ending the process ends what it has started so far.
    process.exit(0);
  }
  say(welcome(lab, (performance.now() - startedAtMs) / 1000));
  if (options.isJson) console.log(JSON.stringify(whereabouts(lab)));
  await signalled;
  say('lab: stopping');
  await lab.stop();
}

function welcome(lab: Lab, seconds: number): string {
  const names = lab.clusters.map(({ name }) => name);
  const lines = [
    `lab: up in ${seconds.toFixed(1)} s; Ctrl-C stops it. Logs: ${lab.folder}/logs`,
    '',
    `  export KUBECONFIG=${lab.kubeconfigPath}`,
    `  ${lab.binPath('kubectl')} get nodes,crd`,
    `  ${lab.binPath('kubectl-argo-rollouts')} list rollouts -A`,
  ];
  if (names.length > 1) lines.push('', `  ${names.length} clusters, each a context: ${names.join(', ')}`);
  if (lab.prometheusUrl) lines.push('', `  Prometheus: ${lab.prometheusUrl}`);
  return lines.join('\n');
}

/** What another program needs to use the lab. */
function whereabouts(lab: Lab) {
  return {
    kubeconfig: lab.kubeconfigPath,
    clusters: lab.clusters.map(({ name, server, caPath }) => ({ context: name, server, ca: caPath })),
    prometheus: lab.prometheusUrl ? { url: lab.prometheusUrl, pid: lab.prometheus.pid } : null,
    kubectl: lab.binPath('kubectl'),
    logs: `${lab.folder}/logs`,
    pid: process.pid,
  };
}
