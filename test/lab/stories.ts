import { fileURLToPath } from 'node:url';
import { LAUNCHER } from '../e2e/cli-process.ts';

/** A program that waits more than it works, so that it runs while other tests do; one file reads how it went. */
export interface Story {
  /** End of the path of the test file that reads it. */
  readonly reader: string;
  /** What Node runs; it may write to the folder. */
  readonly parameters: (dir: string) => readonly string[];
}

const IN_THE_CLUSTER = fileURLToPath(new URL('./in-the-cluster/tell.ts', import.meta.url));
const WALK = fileURLToPath(new URL('../docs/walk-start.ts', import.meta.url));

/** In the order in which they are started and read: what must keep to times of its own is heard while the machine is busy anyway. */
export const STORIES = {
  cluster: { reader: '/test/lab/in-the-cluster.test.ts', parameters: () => [IN_THE_CLUSTER] },
  start: { reader: '/test/lab/start.test.ts', parameters: () => [WALK] },
  demo: {
    reader: '/test/lab/demo.test.ts',
    parameters: (dir) => [LAUNCHER, 'demo', '--world', 'lab', '--keep', '--output', 'json', '--dir', dir],
  },
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof STORIES;
