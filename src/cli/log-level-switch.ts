import type { EventEmitter } from 'node:events';
import type { Logger } from './logger.ts';

/** SIGUSR1 is Node's debugger's. */
const SIGNAL = 'SIGUSR2';

/** Lets a signal switch a running process between `debug` and the level it started with (`info` where that is below). Returns what ends it. */
export function switchLevelOnSignal(log: Logger, signals: Pick<EventEmitter, 'on' | 'off'> = process): () => void {
  const usual = log.isLevelEnabled('debug') ? 'info' : log.level;
  const change = () => {
    const isDetailed = log.isLevelEnabled('debug');
    const level = isDetailed ? usual : 'debug';
    if (!isDetailed) log.level = level;
    log.info({ logLevel: level }, 'changes its log level');
    log.level = level;
  };
  signals.on(SIGNAL, change);
  return () => signals.off(SIGNAL, change);
}
