import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_NAMESPACE } from '../command.ts';
import { connectHub, type HubConnection } from '../composition.ts';
import { type DaemonProcess, startDaemonProcess } from './daemon-process.ts';
import type { DaemonAccess, DemoWorld, WorldName, WorldWish } from './demo-world.ts';
import type { Stage } from './stage.ts';

/** What a demo is played with. */
export interface Demo {
  readonly stage: Stage;
  readonly world: DemoWorld;
  readonly hub: HubConnection;
  readonly isQuick: boolean;
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
  readonly world: WorldName;
  readonly dir: string;
  readonly isQuick: boolean;
  readonly prometheusBin: string | undefined;
  readonly signal: AbortSignal;
}

const titles: Readonly<Record<WorldName, string>> = {
  sandbox: 'a small SaaS, on this machine',
  lab: 'a small SaaS, on real control planes',
};

/** Starts a world at its first version, a daemon that drives it, and a connection to it. */
export async function openDemo(wish: DemoWish): Promise<Demo> {
  const { stage, dir, isQuick, signal } = wish;
  stage.chapter(titles[wish.world]);
  const logFile = join(dir, 'daemon.log');
  await mkdir(dir, { recursive: true });
  await rm(logFile, { force: true });
  let start: (() => DaemonProcess) | null = null;
  let daemon: DaemonProcess | null = null;
  const whenSeeded = (access: DaemonAccess) => {
    start = () => startDaemonProcess({ ...access, namespace: DEFAULT_NAMESPACE, logFile });
    daemon = start();
  };
  const world = await openWorld(wish, whenSeeded).catch(async (error: unknown) => {
    await daemon?.kill();
    throw error;
  });
  const { kubeconfigPath, context } = world.access;
  const hub = await connectHub({ kubeconfig: kubeconfigPath, context, namespace: DEFAULT_NAMESPACE });
  return {
    stage,
    world,
    hub,
    isQuick,
    dir,
    logFile,
    signal,
    daemon: () => daemon!,
    startDaemon() {
      daemon = start!();
      return daemon;
    },
    async close() {
      await daemon?.stop();
      await hub.close();
      await world.stop();
    },
  };
}

async function openWorld(wish: DemoWish, whenSeeded: WorldWish['whenSeeded']): Promise<DemoWorld> {
  const { stage, isQuick, prometheusBin, dir, signal } = wish;
  const common: WorldWish = {
    isQuick,
    prometheusBin,
    namespace: DEFAULT_NAMESPACE,
    dir,
    signal,
    log: (text) => stage.say(`   ${text}`, 'dim'),
    whenSeeded,
  };
  if (wish.world === 'lab') return (await import('./lab/lab-demo-world.ts')).openLabWorld(common);
  return (await import('./sandbox-demo-world.ts')).openSandboxWorld(common);
}
