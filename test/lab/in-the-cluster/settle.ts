import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CliProcess, startCli } from '../../e2e/cli-process.ts';
import { type Pod, startPod } from '../install-pod.ts';
import { type LabUser, newUser } from '../service-account.ts';
import { NAMESPACE, type Stage, secondsOf, TARGETS, until } from './stage.ts';

/** Nothing is pulled in the lab. */
const IMAGE = 'registry.example/tidegate:9.9.9';
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OWN = fileURLToPath(new URL('./', import.meta.url));
/** Where its customers live, by cluster: namespaces are theirs to make. */
const TENANTS = [
  ['eu', ['pool-free-eu', 'globex', 'acme']],
  ['us', ['pool-free-us', 'hooli', 'acme']],
] as const;
const READY_LIMIT_MS = 120_000;

/** Everything is installed, and two daemons run. */
export interface Settled {
  /** The daemons of the Deployment that live. */
  readonly daemons: Pod[];
  /** Seconds that each command took. */
  readonly seconds: Readonly<Record<string, number>>;
  /** A command in the name of a pipeline, which may start releases. */
  pipeline(...args: readonly string[]): CliProcess;
  close(): Promise<void>;
}

/** Does what an administrator does: installs, adds two clusters, has the fleet declared; then what the Deployment does. */
export async function settle(stage: Stage): Promise<Settled> {
  const { lab } = stage;
  const seconds: Record<string, number> = {};
  const people: LabUser[] = [];
  const daemons: Pod[] = [];
  const close = async () => {
    await Promise.all([...daemons.map((pod) => pod.stop()), ...people.map((person) => person.stop())]);
  };
  try {
    seconds['install'] = await timed(() => stage.tidegate('install', '--image', IMAGE));
    const [editor, ci] = await Promise.all(['fleet-editor', 'ci'].map((role) => personOf(stage, role)));
    people.push(editor!, ci!);
    await declare(stage, editor!, [sourceFile(stage)]);
    for (const [cluster, namespaces] of TENANTS)
      for (const name of namespaces) await stage.kubectl('--context', cluster, 'create', 'namespace', name);
    for (const cluster of TARGETS)
      seconds[`cluster add ${cluster}`] = await timed(() => stage.tidegate('cluster', 'add', cluster));
    await declare(stage, editor!, [join(OWN, 'fleet'), join(ROOT, 'waves/storefront.yaml')]);
    for (const name of ['first', 'second']) {
      const token = (await stage.kubectl('create', 'token', 'tidegate', '--duration', '1h')).trim();
      daemons.push(await startPod(lab, NAMESPACE, token));
      stage.say(`the ${name} daemon runs`);
    }
    await until('one daemon leads and the other follows', READY_LIMIT_MS, async () => {
      const kinds = await Promise.all(daemons.map(async (pod) => (await pod.ready()).leadership.kind));
      return kinds.sort().join() === 'following,leading' ? true : null;
    });
    const pipeline = (...args: readonly string[]) => startCli([...args, '--kubeconfig', ci!.kubeconfigPath]);
    return { daemons, seconds, pipeline, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Somebody with a shipped role and no more. */
function personOf({ lab }: Stage, role: string): Promise<LabUser> {
  const { kubeconfigPath, server, token, caPath } = lab;
  const handle = { kubeconfigPath, server, token, caPath, kubectlPath: lab.binPath('kubectl'), controlUrl: '' };
  return newUser(handle, NAMESPACE, `Role/tidegate-${role}`);
}

async function declare(stage: Stage, editor: LabUser, paths: readonly string[]): Promise<void> {
  const ended = await startCli(['apply', '-f', ...paths, '--kubeconfig', editor.kubeconfigPath]).ended;
  if (ended.code !== 0) throw new Error(`tidegate apply ${paths.join(' ')}: exit ${ended.code}: ${ended.stderr}`);
  stage.say(`declared ${paths.join(' ')}`);
}

/** The source of measurements is where the lab's Prometheus found a port. */
function sourceFile({ lab }: Stage): string {
  const path = join(lab.folder, 'source.yaml');
  const spec = {
    url: lab.prometheusUrl,
    scrapeInterval: '1s',
    matchers: { cluster: '${cluster.name}' },
    labels: { tenant: 'tenant_id', revision: { label: 'rollouts_pod_template_hash' } },
  };
  const source = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'MetricSource', metadata: { name: 'prometheus' }, spec };
  writeFileSync(path, JSON.stringify(source));
  return path;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = performance.now();
  await work();
  return secondsOf(performance.now() - fromMs);
}
