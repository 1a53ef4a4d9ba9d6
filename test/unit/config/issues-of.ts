import { loadInventory } from '../../../src/config/load-inventory.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { files, type Part } from './example.ts';

/** The issues of the small inventory with some parts changed, as `line:column path: message`; of one file when it is named. */
export function issuesOf(changed: Partial<Record<Part, string>>, file?: string): readonly string[] {
  try {
    loadInventory(files(changed));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.issues
      .filter((issue) => file === undefined || issue.file === file)
      .map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
}
