import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from '../../../lab/kubectl.ts';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../../src/adapters/kubernetes/index.ts';
import { type Ended, runCli } from '../../e2e/cli-process.ts';
import { serveCustomers } from './customers.ts';

/** Where the hub's objects are. */
export const NAMESPACE = 'tidegate-system';
/** The cluster that holds Tidegate's objects and is not released to. */
export const HUB = 'hub';
/** The clusters that are released to. */
export const TARGETS = ['eu', 'us'] as const;
const LOOK_MS = 200;

/** A hub and two targets with a Prometheus, and a shell in which an administrator sits. */
export interface Stage {
  readonly lab: Lab;
  /** As an administrator. */
  readonly apis: ReadonlyMap<string, ConnectedKubernetesApi>;
  readonly say: (line: string) => void;
  /** The real one, in the namespace of Tidegate's objects. @throws Error with what it said */
  kubectl(...parameters: readonly string[]): Promise<string>;
  /** Runs a command line in a process of its own. @throws Error when it does not end with 0 */
  tidegate(...args: readonly string[]): Promise<Ended>;
  close(): Promise<void>;
}

/** Opens the clusters, with nothing of ours in them. @throws {LabUnavailable} without Go */
export async function openStage(say: (line: string) => void): Promise<Stage> {
  const apis = new Map<string, ConnectedKubernetesApi>();
  const customers = await serveCustomers(() => TARGETS.flatMap((name) => apis.get(name) ?? []));
  const closeCustomers = () => customers.close();
  const prometheus = { scrapeTargets: [customers.address] };
  const lab = await startLab({ clusters: [HUB, ...TARGETS], prometheus, audit: true, log: say }).catch(
    async (error: unknown) => {
      await closeCustomers();
      throw error;
    },
  );
  const clock = createSystemClock();
  for (const { name } of lab.clusters) {
    const access = await kubeconfigAccess({ path: lab.kubeconfigPath, context: name });
    apis.set(name, createKubernetesApi({ cluster: name, access, clock }));
  }
  return {
    lab,
    apis,
    say,
    kubectl: (...parameters) => kubectl(lab.binPath('kubectl'), lab.kubeconfigPath, ['-n', NAMESPACE, ...parameters]),
    async tidegate(...args) {
      const ended = await runCli([...args, '--kubeconfig', lab.kubeconfigPath, '--context', HUB, '-o', 'json']);
      if (ended.code !== 0) throw new Error(`tidegate ${args.join(' ')}: exit ${ended.code}: ${ended.stderr}`);
      return ended;
    },
    async close() {
      // they ask the clusters, so they end first
      await closeCustomers();
      await Promise.all([...apis.values()].map((api) => api.close()));
      await lab.stop();
    },
  };
}

/** Looks until there is something; a look that fails saw nothing, for clusters go away here. @throws Error past the limit */
export async function until<T>(what: string, limitMs: number, look: () => Promise<T | null>): Promise<T> {
  const endsAtMs = performance.now() + limitMs;
  let trouble = '';
  while (performance.now() < endsAtMs) {
    const seen = await look().catch((error: Error) => {
      trouble = `: ${error.message}`;
      return null;
    });
    if (seen !== null) return seen;
    await sleep(LOOK_MS);
  }
  throw new Error(`waited ${Math.round(limitMs / 1000)} s until ${what}${trouble}`);
}

/** Tenths of a second. */
export function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10;
}
