import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltLab, buildLab } from './build.ts';
import { type ClusterLayout, type LabLayout, makeLayout } from './layout.ts';
import { forgetRunning, killQuietly, noteRunning, sweepLeftovers } from './leftovers.ts';
import type { Part } from './part.ts';
import { type ClusterParts, defineParts, type LabParts, type SharedParts, startParts } from './parts.ts';
import type { PrometheusOptions } from './prometheus-config.ts';
import { quickRates, type RequestRate, stockRates } from './request-rates.ts';
import { startWatchdog } from './watchdog.ts';

export { LabUnavailable } from './build.ts';

export interface LabOptions {
  /** Names of the clusters, each a control plane of its own. @default `['lab']` */
  readonly clusters?: readonly string[];
  /** Left out: no Prometheus is built or started. */
  readonly prometheus?: PrometheusOptions;
  /** Writes each change of Argo's kinds, with both bodies, and each request of a service account to `LabCluster.auditLogPath`. @default false */
  readonly audit?: boolean;
  /** Controllers allow themselves no more requests than they do when nobody says anything. @default false: 200 a second each */
  readonly stockLimits?: boolean;
  /** Overrides the rate of the Argo Rollouts controllers. */
  readonly argoRate?: RequestRate;
  /** Overrides the rate of the controller-managers. */
  readonly controllerManagerRate?: RequestRate;
  /** Gets progress lines. @default nobody */
  readonly log?: (line: string) => void;
  /** Called when a part ends by itself. @default the message goes to stderr */
  readonly onDeath?: (message: string) => void;
}

/** One control plane with Argo Rollouts. */
export interface LabCluster extends ClusterParts {
  /** That of its context, too. */
  readonly name: string;
  /** Holds the one context. */
  readonly kubeconfigPath: string;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** Bearer token of an administrator. */
  readonly token: string;
  readonly caPath: string;
  /** One JSON object a line; empty unless `audit` was asked for. */
  readonly auditLogPath: string;
}

/** Running control planes; every port is on loopback. Whatever is said of one cluster is said of the first. */
export interface Lab extends LabCluster, SharedParts {
  readonly clusters: readonly LabCluster[];
  /** Holds everything, `logs/` included; removed by `stop()`. */
  readonly folder: string;
  /** Holds a context for each cluster; the first is current. */
  readonly kubeconfigPath: string;
  /** `undefined` when it was not asked for. */
  readonly prometheusUrl: string | undefined;
  /** The path of a built program: `kubectl`, `kubectl-argo-rollouts`, … */
  binPath(name: string): string;
  /** Ends every part and removes the folder. */
  stop(): Promise<void>;
}

/**
 * Builds what is missing, then starts the whole lab: about five seconds when it is built.
 * @throws {LabUnavailable} without Go
 * @throws {Error} when a part dies on the way, with the end of its log
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const withPrometheus = options.prometheus !== undefined;
  const built = await buildLab({ prometheus: withPrometheus, log: options.log ?? (() => {}) });
  sweepLeftovers();
  const clusters = options.clusters ?? ['lab'];
  const layout = await makeLayout(built, { clusters, prometheus: options.prometheus });
  noteRunning(layout.folder, []);
  const dismissWatchdog = startWatchdog();
  const death = watchForDeath(options.onDeath ?? ((message) => console.error(`lab: ${message}`)));
  const context = {
    layout,
    binFolder: built.binFolder,
    audit: options.audit ?? false,
    rates: ratesOf(options),
    onDeath: death.report,
    onChange: () => noteRunning(layout.folder, pidsOf(parts)),
  };
  const parts: LabParts = defineParts(context);
  const stop = stopper(parts, layout.folder, dismissWatchdog);
  try {
    await Promise.race([startParts(parts, { context, crdFolder: built.crdFolder, withPrometheus }), death.seen]);
  } catch (error) {
    await stop();
    throw error;
  }
  return labOf({ built, layout, parts, withPrometheus, stop });
}

function ratesOf({ stockLimits, argoRate, controllerManagerRate }: LabOptions) {
  const rates = stockLimits ? stockRates : quickRates;
  return {
    ...rates,
    argo: argoRate ?? rates.argo,
    controllerManager: controllerManagerRate ?? rates.controllerManager,
  };
}

function labOf(started: {
  readonly built: BuiltLab;
  readonly layout: LabLayout;
  readonly parts: LabParts;
  readonly withPrometheus: boolean;
  readonly stop: () => Promise<void>;
}): Lab {
  const { built, layout, parts, withPrometheus, stop } = started;
  const clusters = layout.clusters.map((cluster, index) => clusterOf(cluster, parts.clusters[index]!));
  return {
    ...clusters[0]!,
    ...parts.shared,
    clusters,
    folder: layout.folder,
    kubeconfigPath: layout.kubeconfigPath,
    prometheusUrl: withPrometheus ? `http://127.0.0.1:${layout.prometheusPort}` : undefined,
    binPath: (name) => join(built.binFolder, name),
    stop,
  };
}

function clusterOf(layout: ClusterLayout, parts: ClusterParts): LabCluster {
  const { name, kubeconfigPath, server, credentials, auditLogPath } = layout;
  const { token, caPath } = credentials;
  return { ...parts, name, kubeconfigPath, server, token, caPath, auditLogPath };
}

/** Reports each death, and rejects `seen` at the first one. */
function watchForDeath(onDeath: (message: string) => void): {
  readonly seen: Promise<never>;
  readonly report: (message: string) => void;
} {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  return {
    seen: promise,
    report(message) {
      reject(new Error(`the lab lost a part: ${message}`));
      onDeath(message);
    },
  };
}

/** Gives the function that ends a lab in order; a starter that just exits takes the parts along too. */
function stopper(parts: LabParts, folder: string, dismissWatchdog: () => void): () => Promise<void> {
  const killAll = () => {
    for (const pid of pidsOf(parts)) killQuietly(pid);
  };
  process.once('exit', killAll);
  return async () => {
    await Promise.all(parts.clusters.map(stopCluster));
    await Promise.all([parts.shared.prometheus.stop(), parts.shared.etcd.stop()]);
    process.removeListener('exit', killAll);
    rmSync(folder, { recursive: true, force: true });
    forgetRunning(folder);
    dismissWatchdog();
  };
}

/** The API server goes last: the others write to it until they end. */
async function stopCluster({ apiserver, ...others }: ClusterParts): Promise<void> {
  await Promise.all(Object.values(others).map((part: Part) => part.stop()));
  await apiserver.stop();
}

const listOf = ({ shared, clusters }: LabParts): Part[] => [shared, ...clusters].flatMap((some) => Object.values(some));

const pidsOf = (parts: LabParts): number[] => listOf(parts).flatMap((part) => (part.pid ? [part.pid] : []));
