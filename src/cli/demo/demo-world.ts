import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_NAMESPACE } from '../command.ts';
import { connectHub, type HubConnection } from '../composition.ts';
import { defaultTraffic, exampleFolder } from '../sandbox-example.ts';
import { type SandboxWorld, startSandboxWorld } from '../sandbox-world.ts';
import { type DaemonProcess, startDaemonProcess } from './daemon-process.ts';
import { isLostAbort } from './lost-abort.ts';
import type { Stage } from './stage.ts';

/** What a demo is played with. */
export interface Demo {
  readonly stage: Stage;
  readonly sandbox: SandboxWorld;
  readonly hub: HubConnection;
  readonly isQuick: boolean;
  /** Folder of the worked example. */
  readonly example: string;
  /** Folder that is written to. */
  readonly dir: string;
  readonly logFile: string;
  readonly signal: AbortSignal;
  daemon(): DaemonProcess;
  startDaemon(): DaemonProcess;
  close(): Promise<void>;
}

/** How a demo is opened. */
export interface DemoWish {
  readonly stage: Stage;
  readonly dir: string;
  readonly isQuick: boolean;
  readonly prometheusBin: string | undefined;
  readonly signal: AbortSignal;
}

/** Starts the sandbox at its first version, a daemon that drives it, and a connection to it. */
export async function openDemo(wish: DemoWish): Promise<Demo> {
  const { stage, dir, isQuick, signal } = wish;
  stage.chapter('a small SaaS, on this machine');
  const example = exampleFolder();
  const logFile = join(dir, 'daemon.log');
  await mkdir(dir, { recursive: true });
  await rm(logFile, { force: true });
  let daemon: DaemonProcess | null = null;
  const start = (kubeconfigPath: string): DaemonProcess => {
    daemon = startDaemonProcess({ kubeconfigPath, namespace: DEFAULT_NAMESPACE, logFile });
    return daemon;
  };
  const sandbox = await startWorld(wish, example, start).catch(async (error: unknown) => {
    await daemon?.kill();
    throw error;
  });
  const { kubeconfigPath } = sandbox;
  const hub = await connectHub({ kubeconfig: kubeconfigPath, context: 'hub', namespace: DEFAULT_NAMESPACE });
  return {
    stage,
    sandbox,
    hub,
    isQuick,
    example,
    dir,
    logFile,
    signal,
    daemon: () => daemon!,
    startDaemon: () => start(kubeconfigPath),
    async close() {
      await daemon?.stop();
      await hub.close();
      await sandbox.stop();
    },
  };
}

function startWorld(
  { stage, isQuick, prometheusBin }: DemoWish,
  example: string,
  whenSeeded: (kubeconfigPath: string) => void,
): Promise<SandboxWorld> {
  return startSandboxWorld({
    files: [example],
    trafficFile: defaultTraffic([example]),
    namespace: DEFAULT_NAMESPACE,
    baseline: null,
    prometheus: { bin: prometheusBin },
    portBase: null,
    dir: null,
    log: (text) => stage.say(`   ${text}`, 'dim'),
    whenSeeded,
    ...(isQuick ? {} : { argo: { losesAlso: isLostAbort } }),
  });
}
