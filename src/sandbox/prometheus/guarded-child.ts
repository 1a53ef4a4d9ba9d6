import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A child process that never outlives this one. */
export interface GuardedChild {
  readonly pid: number;
  /** The end of what it wrote to stderr, for messages. */
  lastWords(): string;
  /** `null` while it runs, then how it ended: `exit code 1`, `SIGKILL`. */
  ended(): string | null;
  /** Sends the signal, and SIGKILL after `graceMs`; resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL', graceMs: number): Promise<void>;
}

/** Waits for its input to end, which it does when the parent is gone however it went, then kills. */
const watchdogScript = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || rm -rf "$2"';

/** How much of stderr is kept. */
const KEPT_CHARACTERS = 4000;

/**
 * Starts a program with a watchdog beside it.
 *
 * @param scratchDir removed when this process dies before the child was ended; `null` leaves everything
 */
export function startGuardedChild(bin: string, args: readonly string[], scratchDir: string | null): GuardedChild {
  const child = spawn(bin, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let failure: string | null = null;
  let words = '';
  child.on('error', (error) => {
    failure = error.message;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-KEPT_CHARACTERS);
  });
  const { pid } = child;
  if (pid !== undefined) {
    const watchdog = startWatchdog(pid, scratchDir);
    child.once('exit', () => watchdog.kill('SIGKILL'));
  }
  const ended = () => failure ?? endOf(child);
  return {
    pid: pid ?? -1,
    lastWords: () => words.trim(),
    ended,
    end: async (signal, graceMs) => {
      if (ended() !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** In a process group of its own: Ctrl-C in the terminal must not take the watchdog before its work is done. */
function startWatchdog(pid: number, scratchDir: string | null): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'sh', String(pid), scratchDir ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => process.once('exit', () => process.kill(pid, 'SIGKILL')));
  watchdog.unref();
  if (watchdog.stdin !== null && 'unref' in watchdog.stdin && typeof watchdog.stdin.unref === 'function') {
    watchdog.stdin.unref();
  }
  return watchdog;
}

function endOf(child: ChildProcess): string | null {
  if (child.signalCode !== null) return child.signalCode;
  return child.exitCode === null ? null : `exit code ${child.exitCode}`;
}
