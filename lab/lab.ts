import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildLab } from './build.ts';
import { makeLayout } from './layout.ts';
import { forgetRunning, killQuietly, noteRunning, sweepLeftovers } from './leftovers.ts';
import type { Part } from './part.ts';
import type { RequestRate } from './part-parameters.ts';
import { defineParts, type LabParts, startParts } from './parts.ts';
import type { PrometheusOptions } from './prometheus-config.ts';

export { LabUnavailable } from './build.ts';

export interface LabOptions {
  /** Left out: no Prometheus is built or started. */
  readonly prometheus?: PrometheusOptions;
  /** Writes each change of Argo's kinds, with both bodies, to `Lab.auditLogPath`. @default false */
  readonly audit?: boolean;
  /** @default 200 and 400; the controller's own default is 40 and 80 */
  readonly argoRate?: RequestRate;
  /** @default 200 and 400; the controller-manager's own default is 20 and 30 */
  readonly controllerManagerRate?: RequestRate;
  /** Gets progress lines. @default nobody */
  readonly log?: (line: string) => void;
  /** Called when a part ends by itself. @default the message goes to stderr */
  readonly onDeath?: (message: string) => void;
}

/** A running control plane with Argo Rollouts; every port is on loopback. */
export interface Lab extends LabParts {
  /** Holds everything, `logs/` included; removed by `stop()`. */
  readonly folder: string;
  readonly kubeconfigPath: string;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** Bearer token of an administrator. */
  readonly token: string;
  readonly caPath: string;
  /** One JSON object a line; empty unless `audit` was asked for. */
  readonly auditLogPath: string;
  /** `undefined` when it was not asked for. */
  readonly prometheusUrl: string | undefined;
  /** The path of a built program: `kubectl`, `kubectl-argo-rollouts`, … */
  binPath(name: string): string;
  /** Ends every part and removes the folder. */
  stop(): Promise<void>;
}

const quickRate: RequestRate = { qps: 200, burst: 400 };

/**
 * Builds what is missing, then starts the whole lab: about five seconds when it is built.
 * @throws {LabUnavailable} without Go
 * @throws {Error} when a part dies on the way, with the end of its log
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const withPrometheus = options.prometheus !== undefined;
  const built = await buildLab({ prometheus: withPrometheus, log: options.log ?? (() => {}) });
  sweepLeftovers();
  const layout = await makeLayout(built, options.prometheus);
  const death = watchForDeath(options.onDeath ?? ((message) => console.error(`lab: ${message}`)));
  const context = {
    layout,
    binFolder: built.binFolder,
    audit: options.audit ?? false,
    controllerManagerRate: options.controllerManagerRate ?? quickRate,
    argoRate: options.argoRate ?? quickRate,
    onDeath: death.report,
    onChange: () => noteRunning(layout.folder, pidsOf(parts)),
  };
  const parts: LabParts = defineParts(context);
  const stop = stopper(parts, layout.folder);
  try {
    await Promise.race([startParts(parts, { context, crdFolder: built.crdFolder, withPrometheus }), death.seen]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...parts,
    folder: layout.folder,
    kubeconfigPath: layout.kubeconfigPath,
    server: layout.server,
    token: layout.credentials.token,
    caPath: layout.credentials.caPath,
    auditLogPath: layout.auditLogPath,
    prometheusUrl: withPrometheus ? `http://127.0.0.1:${layout.prometheusPort}` : undefined,
    binPath: (name) => join(built.binFolder, name),
    stop,
  };
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
function stopper(parts: LabParts, folder: string): () => Promise<void> {
  const killAll = () => {
    for (const pid of pidsOf(parts)) killQuietly(pid);
  };
  process.once('exit', killAll);
  return async () => {
    for (const part of listOf(parts).reverse()) await part.stop();
    process.removeListener('exit', killAll);
    forgetRunning(folder);
    rmSync(folder, { recursive: true, force: true });
  };
}

const listOf = (parts: LabParts): Part[] => Object.values(parts);

const pidsOf = (parts: LabParts): number[] => listOf(parts).flatMap((part) => (part.pid ? [part.pid] : []));
