import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The file that reads how the demo ended. */
export const STORY_READER = '/test/lab/demo.test.ts';

/** The usual order, but the file that waits for the story comes last: the story is told while the others run. */
export class StoryLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = (file: TestSpecification) => file.moduleId.endsWith(STORY_READER);
    return [...sorted.filter((file) => !waits(file)), ...sorted.filter(waits)];
  }
}
