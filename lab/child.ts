import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';

/** One running program of the lab. */
export interface Child {
  readonly pid: number;
  /** Settles when the process is gone; the text names how it ended. */
  readonly gone: Promise<string>;
  /** Ends it, kindly first; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly parameters: readonly string[];
  /** Output is appended here. */
  readonly logPath: string;
  /** Called once if the process ends without `stop()`; the text holds the end of its log. */
  readonly onDeath: (message: string) => void;
}

const stopPatienceMs = 5_000;
const setprivPath = ['/usr/bin/setpriv', '/bin/setpriv'].find(
  (path) => process.platform === 'linux' && existsSync(path),
);

/** A command line that the kernel ends when its starter dies, however that dies; where the host has no setpriv, it stays as it is. */
export function guarded(command: string, parameters: readonly string[]): readonly [string, ...string[]] {
  return setprivPath ? [setprivPath, '--pdeathsig', 'KILL', '--', command, ...parameters] : [command, ...parameters];
}

/** Starts a program, guarded, with its output in a log file. */
export function startChild(options: ChildOptions): Child {
  const { logPath } = options;
  const log = openSync(logPath, 'a');
  const [command, ...parameters] = guarded(options.command, options.parameters);
  // A session of its own: Ctrl-C in the terminal reaches the starter alone, which stops the parts in order.
  const child = spawn(command, parameters, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  let isStopping = false;
  const gone = whenGone(child);
  void gone.then((how) => {
    if (!isStopping) options.onDeath(`${options.name} ${how}; the end of ${logPath}:\n${endOfFile(logPath)}`);
  });
  return {
    pid: child.pid ?? 0,
    gone,
    async stop() {
      isStopping = true;
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
      await gone;
      clearTimeout(kill);
    },
  };
}

function whenGone(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with exit code ${code}`));
  });
}

/** The last lines of a log, short enough for an error message. */
export function endOfFile(path: string, limit = 2_000): string {
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-limit).trimEnd() : '(no log)';
}
