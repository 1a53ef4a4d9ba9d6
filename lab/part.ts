import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Child, startChild } from './child.ts';

/** One part of the lab, which can be stopped and started again while the others go on. */
export interface Part {
  readonly name: string;
  readonly logPath: string;
  /** The process id, or `undefined` while it is stopped. */
  readonly pid: number | undefined;
  /** Resolves when the part does its work. Quiet when it runs already. */
  start(): Promise<void>;
  /** Quiet when it is stopped already. */
  stop(): Promise<void>;
}

export interface PartOptions {
  readonly name: string;
  readonly command: string;
  readonly parameters: readonly string[];
  readonly logFolder: string;
  /** Resolves when the part does its work; `logSinceStart` reads what this start has logged so far. */
  readonly ready: (logSinceStart: () => string) => Promise<void>;
  /** Called when the part ends by itself. */
  readonly onDeath: (message: string) => void;
  /** Called after each start and stop. */
  readonly onChange: () => void;
}

/** Describes a part; nothing runs before `start()`. */
export function definePart(options: PartOptions): Part {
  const logPath = `${options.logFolder}/${options.name}.log`;
  let child: Child | undefined;
  return {
    name: options.name,
    logPath,
    get pid() {
      return child?.pid;
    },
    async start() {
      if (child) return;
      const offset = existsSync(logPath) ? statSync(logPath).size : 0;
      const started = startChild({ ...options, logPath });
      child = started;
      void started.gone.then(() => {
        if (child === started) child = undefined;
      });
      options.onChange();
      await options.ready(() => readFileSync(logPath).subarray(offset).toString());
    },
    async stop() {
      const running = child;
      child = undefined;
      await running?.stop();
      if (running) options.onChange();
    },
  };
}
