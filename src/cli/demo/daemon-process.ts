import { fileURLToPath } from 'node:url';
import { startGuardedChild } from '../../sandbox/prometheus/guarded-child.ts';
import type { DaemonAccess } from './demo-world.ts';

/** A daemon of ours in a process of its own. */
export interface DaemonProcess {
  readonly pid: number;
  /** Ends it between two instructions. */
  kill(): Promise<void>;
  /** Asks it to end, and lets it give up its lease. */
  stop(): Promise<void>;
}

/** How a daemon is started. */
export interface DaemonProcessOptions extends DaemonAccess {
  readonly namespace: string;
  /** Its log is appended there. */
  readonly logFile: string;
}

/** Time to give up the lease and end. */
const STOP_GRACE_MS = 5_000;

/** The shell puts stderr into the log file and then becomes the daemon. */
const script = 'log=$1; shift; exec "$@" 2>>"$log"';

/** Starts `tidegate daemon`; it does not outlive this process. */
export function startDaemonProcess(wanted: DaemonProcessOptions): DaemonProcess {
  const { kubeconfigPath, context, namespace, lease, logFile } = wanted;
  const isSource = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(isSource ? '../main.ts' : '../main.js', import.meta.url));
  const command = [process.execPath, main, 'daemon', '--kubeconfig', kubeconfigPath, '--context', context];
  const options = ['--namespace', namespace, '--lease-duration', lease, '--listen', 'off'];
  const child = startGuardedChild('/bin/sh', ['-c', script, 'sh', logFile, ...command, ...options], null);
  return {
    pid: child.pid,
    kill: () => child.end('SIGKILL', STOP_GRACE_MS),
    stop: () => child.end('SIGTERM', STOP_GRACE_MS),
  };
}
