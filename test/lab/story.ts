import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../lab/child.ts';
import type { DemoResult } from '../../src/cli/demo/outcome.ts';
import { LAUNCHER } from '../e2e/cli-process.ts';

/** `tidegate demo --world lab --keep`, under way in a process of its own. */
export interface StoryHandle {
  readonly pid: number;
  /** Holds `story.log`, the daemon's log and what the demo writes; `ended` once the process has. */
  readonly dir: string;
}

/** The line in which the demo answers. */
const ANSWER = '{"world":';
const LOOK_MS = 200;

/**
 * Starts the demo on two control planes of its own. It waits more than it works, so it is told while other tests run.
 * It ends with this process, however that ends.
 */
export function startStory(): { readonly handle: StoryHandle; readonly stop: () => Promise<void> } {
  const dir = mkdtempSync(join(tmpdir(), 'tidegate-story-'));
  const wanted = ['demo', '--world', 'lab', '--keep', '--output', 'json', '--dir', dir];
  const child = startChild({
    name: 'the demo',
    command: process.execPath,
    parameters: [LAUNCHER, ...wanted],
    logPath: join(dir, 'story.log'),
    onDeath: (message) => writeFileSync(join(dir, 'ended'), message),
  });
  return {
    handle: { pid: child.pid, dir },
    async stop() {
      await child.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits for what the demo answers; everything stays up then. @throws Error with the end of its log when it ends before */
export async function outcomeOf({ dir }: StoryHandle): Promise<DemoResult> {
  for (;;) {
    const lines = readFileSync(join(dir, 'story.log'), 'utf8').split('\n').slice(0, -1);
    const answer = lines.find((line) => line.startsWith(ANSWER));
    if (answer !== undefined) return JSON.parse(answer) as DemoResult;
    const ended = howEnded({ dir });
    if (ended !== null) throw new Error(ended);
    await sleep(LOOK_MS);
  }
}

/** How the process ended, with the end of its log; `null` while it runs. */
export function howEnded({ dir }: Pick<StoryHandle, 'dir'>): string | null {
  const path = join(dir, 'ended');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
