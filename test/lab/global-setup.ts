import type { TestProject } from 'vitest/node';
import { type Lab, LabUnavailable, startLab } from '../../lab/lab.ts';
import { type LabHandle, serveLabControl } from './lab-control.ts';
import { STORIES, type StoryName } from './stories.ts';
import { type StoryHandle, startStory } from './story.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How tests reach the lab; `null` where it cannot be built, and they are skipped. */
    lab: LabHandle | null;
    /** The stories that were started: those whose readers run. */
    stories: Partial<Readonly<Record<StoryName, StoryHandle>>>;
  }
}

/** Starts one lab for the whole project, and the stories beside it, and ends them all after the last test. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  let lab: Lab;
  try {
    lab = await startLab({ log: (line) => console.log(line) });
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    console.log(`lab tests are skipped: ${error.message}`);
    project.provide('lab', null);
    project.provide('stories', {});
    return undefined;
  }
  const paths = project.vitest.state.getPaths();
  const names = Object.keys(STORIES) as StoryName[];
  const wanted = names.filter((name) => paths.some((path) => path.endsWith(STORIES[name].reader)));
  const stories = wanted.map((name) => ({ name, ...startStory(name) }));
  project.provide('stories', Object.fromEntries(stories.map(({ name, handle }) => [name, handle])));
  const control = await serveLabControl(lab);
  project.provide('lab', control.handle);
  return async () => {
    await Promise.all(stories.map((story) => story.stop()));
    await control.close();
    await lab.stop();
  };
}
