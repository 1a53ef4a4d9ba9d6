import type { TestProject } from 'vitest/node';
import { type Lab, LabUnavailable, startLab } from '../../lab/lab.ts';
import { type LabHandle, serveLabControl } from './lab-control.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How tests reach the lab; `null` where it cannot be built, and they are skipped. */
    lab: LabHandle | null;
  }
}

/** Starts one lab for the whole project, and ends it after the last test. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  let lab: Lab;
  try {
    lab = await startLab({ log: (line) => console.log(line) });
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    console.log(`lab tests are skipped: ${error.message}`);
    project.provide('lab', null);
    return undefined;
  }
  const control = await serveLabControl(lab);
  project.provide('lab', control.handle);
  return async () => {
    await control.close();
    await lab.stop();
  };
}
