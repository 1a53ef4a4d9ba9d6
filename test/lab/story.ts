import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../lab/child.ts';
import { STORIES, type StoryName } from './stories.ts';

/** A story that is under way in a process of its own. */
export interface StoryHandle {
  readonly pid: number;
  /** Holds `story.log` and what the story writes; `ended` once the process has. */
  readonly dir: string;
}

const LOOK_MS = 200;

/** Starts a story. It ends with this process, however that ends. */
export function startStory(name: StoryName): { readonly handle: StoryHandle; readonly stop: () => Promise<void> } {
  const dir = mkdtempSync(join(tmpdir(), `tidegate-story-${name}-`));
  const child = startChild({
    name: `the story ${name}`,
    command: process.execPath,
    parameters: STORIES[name].parameters(dir),
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

/** Waits for the line in which the story answers, by its first characters. @throws Error with the end of its log when it ends before */
export async function answerOf(handle: StoryHandle, beginning: string): Promise<unknown> {
  for (;;) {
    // looked at first: what it says last is in the log by then
    const ended = howEnded(handle);
    const answer = linesOf(handle).find((line) => line.startsWith(beginning));
    if (answer !== undefined) return JSON.parse(answer) as unknown;
    if (ended !== null) throw new Error(ended);
    await sleep(LOOK_MS);
  }
}

/** Complete lines that it has said. */
export function linesOf({ dir }: StoryHandle): readonly string[] {
  return readFileSync(join(dir, 'story.log'), 'utf8').split('\n').slice(0, -1);
}

/** How the process ended, with the end of its log; `null` while it runs. */
export function howEnded({ dir }: Pick<StoryHandle, 'dir'>): string | null {
  const path = join(dir, 'ended');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Waits until it has ended, and tells how. */
export async function endOf(handle: StoryHandle): Promise<string> {
  for (;;) {
    const ended = howEnded(handle);
    if (ended !== null) return ended;
    await sleep(LOOK_MS);
  }
}
