import type { FieldValidation } from './admission.ts';
import { type ApiError, badRequest, invalidOption } from './status-error.ts';
import type { StoreWrite } from './store.ts';

/** The write options that a URL carries. @throws ApiError 422 for a dryRun or fieldValidation of another value. */
export function writeOf(query: URLSearchParams, userAgent: string | undefined, warnings: string[]): StoreWrite {
  return {
    fieldManager: query.get('fieldManager') ?? defaultManager(userAgent),
    dryRun: dryRunOf(query),
    fieldValidation: fieldValidationOf(query),
    onUnknownFields: (paths) => warnings.push(...paths.map((path) => `unknown field ${JSON.stringify(path)}`)),
  };
}

/** `dryRun=All`, or none. @throws ApiError 422 */
export function dryRunOf(query: URLSearchParams): boolean {
  const dryRun = query.get('dryRun');
  if (dryRun === null || dryRun === '') return false;
  if (dryRun === 'All') return true;
  throw unsupported('dryRun', dryRun, '"All"');
}

function fieldValidationOf(query: URLSearchParams): FieldValidation {
  const wanted = query.get('fieldValidation') ?? '';
  if (wanted === '' || wanted === 'Warn') return 'Warn';
  if (wanted === 'Strict' || wanted === 'Ignore') return wanted;
  throw unsupported('fieldValidation', wanted, '"", "Ignore", "Strict", "Warn"');
}

function unsupported(field: string, value: string, supported: string): ApiError {
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return invalidOption('CreateOptions', { reason: 'FieldValueNotSupported', field, message });
}

/** As the real server: what the user agent says before its slash. */
function defaultManager(userAgent: string | undefined): string {
  return userAgent?.split('/')[0]?.slice(0, 128) ?? 'unknown';
}

/** A number of the URL; `undefined` when it is not there. @throws ApiError 400 */
export function countOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^\d+$/.test(value)) throw badRequest(`${name}: ${JSON.stringify(value)} is not a whole number`);
  return Number(value);
}

/** The selectors of a URL, those that are there. */
export function selectorsOf(query: URLSearchParams): { labelSelector?: string; fieldSelector?: string } {
  const labelSelector = query.get('labelSelector');
  const fieldSelector = query.get('fieldSelector');
  return { ...(labelSelector === null ? {} : { labelSelector }), ...(fieldSelector === null ? {} : { fieldSelector }) };
}
