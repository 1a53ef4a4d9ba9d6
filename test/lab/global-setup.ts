import type { TestProject } from 'vitest/node';
import { type Lab, LabUnavailable, startLab } from '../../lab/lab.ts';
import { type LabHandle, serveLabControl } from './lab-control.ts';
import { type StoryHandle, startStory } from './story.ts';
import { STORY_READER } from './story-last.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How tests reach the lab; `null` where it cannot be built, and they are skipped. */
    lab: LabHandle | null;
    /** The demo that was started for `demo.test.ts`; `null` where that does not run. */
    story: StoryHandle | null;
  }
}

/** Starts one lab for the whole project, and the demo beside it, and ends both after the last test. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  let lab: Lab;
  try {
    lab = await startLab({ log: (line) => console.log(line) });
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    console.log(`lab tests are skipped: ${error.message}`);
    project.provide('lab', null);
    project.provide('story', null);
    return undefined;
  }
  const isStoryWanted = project.vitest.state.getPaths().some((path) => path.endsWith(STORY_READER));
  const story = isStoryWanted ? startStory() : null;
  project.provide('story', story?.handle ?? null);
  const control = await serveLabControl(lab);
  project.provide('lab', control.handle);
  return async () => {
    await story?.stop();
    await control.close();
    await lab.stop();
  };
}
