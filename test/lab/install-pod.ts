import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guarded } from '../../lab/child.ts';
import { daemonObjects } from '../../src/cli/installed-daemon.ts';
import { type CliProcess, LAUNCHER, startProcess } from '../e2e/cli-process.ts';
import type { LabHandle } from './lab-control.ts';

/** A daemon that runs as a container of the shipped Deployment would: its arguments, its environment, and the account's files in their place. */
export interface Pod {
  readonly process: CliProcess;
  /** What the readiness probe of the Deployment is answered. */
  ready(): Promise<{ readonly status: number; readonly leadership: { readonly kind: string } }>;
  /** What the kubelet does with a new token. */
  rotate(token: string): void;
  stop(): Promise<void>;
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

const ACCOUNT = '/run/secrets/kubernetes.io/serviceaccount';
/** A place of its own for `/run`, and the account's folder in it; then what follows. */
const IN_ITS_PLACE = `mount -t tmpfs tmpfs /run && mkdir -p ${ACCOUNT} && mount --bind "$0" ${ACCOUNT} && exec "$@"`;

/** Starts it, and waits until it says where it listens. */
export async function startPod(
  lab: Pick<LabHandle, 'server' | 'caPath'>,
  namespace: string,
  token: string,
): Promise<Pod> {
  const { args, env, readinessProbe } = shippedContainer(namespace);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-pod-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'next'));
  const rotate = (text: string) => {
    writeFileSync(join(folder, 'next', 'token'), text);
    renameSync(join(folder, 'next', 'token'), join(folder, 'token'));
  };
  rotate(token);
  copyFileSync(lab.caPath, join(folder, 'ca.crt'));
  const variables: Record<string, string> = Object.fromEntries(env.map(({ name, value = namespace }) => [name, value]));
  const { hostname, port } = new URL(lab.server);
  // two of them share the ports of this machine
  const given = args.map((arg) => expand(arg, variables).replace('0.0.0.0:9410', '127.0.0.1:0'));
  const inside = [
    '/usr/bin/env',
    '-i',
    ...pairs({ ...variables, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }),
  ];
  const [program, ...parameters] = [...inside, process.execPath, LAUNCHER, ...given];
  const command = guarded(program!, parameters);
  const started = startProcess('unshare', ['--map-root-user', '--mount', 'sh', '-c', IN_ITS_PLACE, folder, ...command]);
  const said = await started.until('stderr', '"listens"');
  const url = /"listens":"([^"]+)"/.exec(said)![1]!;
  return {
    process: started,
    rotate,
    async ready() {
      const answer = await fetch(`${url}${readinessProbe.httpGet.path}`);
      const { leadership } = (await answer.json()) as { readonly leadership: { readonly kind: string } };
      return { status: answer.status, leadership };
    },
    async stop() {
      started.child.kill('SIGKILL');
      await started.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function shippedContainer(namespace: string): Container {
  const objects = daemonObjects(namespace, { image: 'any', replicas: 2, serviceMonitor: false });
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
    readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
  };
  return deployment.spec.template.spec.containers[0]!;
}

/** `$(NAME)`, as the kubelet does it. */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\((\w+)\)/g, (_, name: string) => variables[name]!);
}

function pairs(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
