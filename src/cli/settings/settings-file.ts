import { InvalidArgumentError, type Option } from 'commander';
import { readFiles } from '../../adapters/files/read-files.ts';
import { issueAt } from '../../config/document-source.ts';
import { suggestion } from '../../config/nearest-name.ts';
import { type RawDocument, readYamlDocuments } from '../../config/yaml-documents.ts';
import { type InputIssue, InvalidInput } from '../../domain/errors.ts';
import { badArgument } from '../failure.ts';

/** A value that stands in the file, and where. */
export interface FiledSetting {
  readonly value: unknown;
  /** `daemon.yaml:3` */
  readonly place: string;
}

/** The settings of a YAML file by their keys, read as flags are. @throws InvalidInput with every issue */
export async function readSettingsFile(
  path: string,
  options: readonly Option[],
): Promise<ReadonlyMap<string, FiledSetting>> {
  const [file] = await readFiles([path]);
  if (file?.path !== path) throw badArgument(`--config: reading ${path}: expected a file, not a folder`);
  const { documents, issues } = readYamlDocuments(file);
  if (issues.length > 0) throw new InvalidInput(issues);
  if (documents.length > 1) throw badArgument(`--config: reading ${path}: expected one document, not several`);
  return documents[0] === undefined ? new Map() : settingsOf(documents[0], options);
}

function settingsOf({ source, value }: RawDocument, options: readonly Option[]): ReadonlyMap<string, FiledSetting> {
  if (!isMapping(value)) throw new InvalidInput([issueAt(source, [], 'expected settings, one a line: listen: off')]);
  const byKey = new Map(options.map((option) => [option.attributeName(), option]));
  const settings = new Map<string, FiledSetting>();
  const issues: InputIssue[] = [];
  for (const [key, given] of Object.entries(value)) {
    const option = byKey.get(key);
    if (option === undefined) {
      issues.push(issueAt(source, [key], `there is no such setting${suggestion(key, byKey.keys())}`, 'key'));
      continue;
    }
    const read = parsed(option, given);
    if (read.kind === 'wrong') issues.push(issueAt(source, [key], read.message));
    else settings.set(key, { value: read.value, place: `${source.file}:${source.locate([key], 'key')?.line ?? 1}` });
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  return settings;
}

type Parsed =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly message: string };

function parsed(option: Option, given: unknown): Parsed {
  if (typeof given !== 'string') return { kind: 'wrong', message: 'expected text; put numbers in quotes' };
  try {
    return { kind: 'value', value: option.parseArg === undefined ? given : option.parseArg(given, undefined) };
  } catch (error) {
    if (error instanceof InvalidArgumentError) return { kind: 'wrong', message: error.message.replace(/\.$/, '') };
    throw error;
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
