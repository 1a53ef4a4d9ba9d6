import { fileURLToPath } from 'node:url';
import { cliReference } from './cli-reference.ts';
import { kindsReference } from './kinds-reference.ts';
import { metricsReference } from './metrics-reference.ts';
import { settingsReference } from './settings-reference.ts';

/** A generated page of `docs/reference/`. */
export interface Page {
  /** File name. */
  readonly name: string;
  readonly text: string;
}

/** The folder of the generated pages. */
export const REFERENCE_FOLDER = fileURLToPath(new URL('../../docs/reference/', import.meta.url));

/** Every generated page, as it ought to be. */
export function referencePages(): readonly Page[] {
  return [
    { name: 'cli.md', text: cliReference() },
    { name: 'kinds.md', text: kindsReference() },
    { name: 'metrics.md', text: metricsReference() },
    { name: 'settings.md', text: settingsReference() },
  ];
}
