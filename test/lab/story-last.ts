import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { STORIES } from './stories.ts';

const READERS: readonly string[] = Object.values(STORIES).map(({ reader }) => reader);

/** The usual order, but the files that wait for stories come last, in their order: stories are told while the others run. */
export class StoryLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => READERS.findIndex((reader) => moduleId.endsWith(reader));
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }
}
