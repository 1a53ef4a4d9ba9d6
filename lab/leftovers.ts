import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labCacheFolder } from './go-modules.ts';

/** What a starter notes on disk about itself, for whoever has to clean up after it. */
interface RunningLab {
  readonly starterPid: number;
  readonly folder: string;
  readonly pids: readonly number[];
}

const runningFolder = () => join(labCacheFolder(), 'running');
const notePath = (folder: string) => join(runningFolder(), `${folder.split('/').at(-1)}.json`);

/** Notes the processes of a lab; called whenever one starts or stops. */
export function noteRunning(folder: string, pids: readonly number[]): void {
  mkdirSync(runningFolder(), { recursive: true });
  const note: RunningLab = { starterPid: process.pid, folder, pids };
  writeFileSync(`${notePath(folder)}.new`, JSON.stringify(note));
  renameSync(`${notePath(folder)}.new`, notePath(folder));
}

/** Forgets a lab that was stopped. */
export function forgetRunning(folder: string): void {
  rmSync(notePath(folder), { force: true });
}

/** Ends what starters that are dead left running, and removes their folders; labs with a living starter are named, not touched. */
export function sweepLeftovers(): { readonly ended: readonly string[]; readonly alive: readonly string[] } {
  const ended: string[] = [];
  const alive: string[] = [];
  for (const note of readNotes()) {
    if (isAlive(note.starterPid)) {
      alive.push(`lab of process ${note.starterPid} in ${note.folder}`);
      continue;
    }
    for (const pid of note.pids) {
      if (!commandOf(pid).includes(note.folder)) continue;
      killQuietly(pid);
      ended.push(`process ${pid} of the lab in ${note.folder}`);
    }
    ended.push(`the lab in ${note.folder}`);
    rmSync(note.folder, { recursive: true, force: true });
    forgetRunning(note.folder);
  }
  return { ended, alive };
}

function readNotes(): RunningLab[] {
  mkdirSync(runningFolder(), { recursive: true });
  return readdirSync(runningFolder())
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(runningFolder(), name), 'utf8')) as RunningLab);
}

/** A zombie has ended, though nobody has asked for its exit code yet. */
function isAlive(pid: number): boolean {
  const state = psField(pid, 'stat').trim();
  return state !== '' && !state.startsWith('Z');
}

/** A pid may have been given to a stranger since: only a command line that names the lab's folder is ours. */
function commandOf(pid: number): string {
  return psField(pid, 'args');
}

function psField(pid: number, field: 'stat' | 'args'): string {
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** Ends a process that may have ended already. */
export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
