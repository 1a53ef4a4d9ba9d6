import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Waits for its input to end, which it does when the starter goes, however it goes; a moment later it is gone, and is cleaned up after. */
const script = 'cat >/dev/null; sleep 1; exec "$@"';

/**
 * Sees to it that a starter which is killed leaves nothing behind: neither processes nor folder.
 * @returns how to send it away, once there is nothing left to clean up
 */
export function startWatchdog(): () => void {
  const command = [process.execPath, join(import.meta.dirname, 'main.ts'), '--down'];
  // A session of its own: Ctrl-C in the terminal must not take it before its work is done.
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.on('error', () => {});
  child.unref();
  const input = child.stdin as typeof child.stdin & { unref?: () => void };
  input.on('error', () => {});
  input.unref?.();
  return () => child.kill('SIGKILL');
}
