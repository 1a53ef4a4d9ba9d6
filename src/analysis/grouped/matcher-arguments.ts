import { readPromqlString } from '../promql-string.ts';
import type { QueryTarget } from './plan-queries.ts';

const PART_MARK = ',';

/** Arguments that were taken apart. */
export interface ExpandedArguments {
  /** What comes into a query in their places. */
  readonly written: Readonly<Record<string, string>>;
  /** In the order of the targets that were given, with a value for each part. */
  readonly targets: readonly QueryTarget[];
}

/** `namespace="a"`, its value as it stands between the quotes. */
interface QuotedMatcher {
  readonly label: string;
  readonly text: string;
}

/**
 * Takes arguments apart that hold matchers, `namespace="a",tenant="t-1"`, in all targets for the same labels: each value becomes an
 * argument of its own inside the quotes. Others of the names are left alone.
 */
export function expandMatchers(names: readonly string[], targets: readonly QueryTarget[]): ExpandedArguments {
  return names.reduce(expandOne, { written: {}, targets });
}

function expandOne({ written, targets }: ExpandedArguments, name: string): ExpandedArguments {
  const read = targets.map(({ args }) => readMatchers(args[name] ?? ''));
  const [first] = read;
  if (first === undefined || first === null) return { written, targets };
  const labels = labelsOf(first);
  if (!read.every((matchers) => matchers !== null && labelsOf(matchers) === labels)) return { written, targets };
  const text = first.map(({ label }, index) => `${label}="{{args.${partName(name, index)}}}"`).join(',');
  return {
    written: { ...written, [name]: text },
    targets: targets.map((target, index) => {
      const parts = (read[index] ?? []).map((matcher, part) => [partName(name, part), matcher.text] as const);
      return { ...target, args: { ...target.args, ...Object.fromEntries(parts) } };
    }),
  };
}

/** The argument that a part was taken from, or the name itself. */
export function wholeName(name: string): string {
  return name.split(PART_MARK)[0]!;
}

/** `null` for anything but equalities in double quotes. */
function readMatchers(text: string): readonly QuotedMatcher[] | null {
  const matchers: QuotedMatcher[] = [];
  const opening = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*(?=")/y;
  const separator = /\s*(,|$)/y;
  while (opening.lastIndex < text.length) {
    const [, label] = opening.exec(text) ?? [];
    if (label === undefined) return null;
    const string = readPromqlString(text, opening.lastIndex);
    if (!('value' in string)) return null;
    matchers.push({ label, text: text.slice(opening.lastIndex + 1, string.end - 1) });
    separator.lastIndex = string.end;
    if (separator.exec(text) === null) return null;
    opening.lastIndex = separator.lastIndex;
  }
  return matchers.length === 0 ? null : matchers;
}

function labelsOf(matchers: readonly QuotedMatcher[]): string {
  return matchers.map(({ label }) => label).join(',');
}

/** A name that no argument has: theirs are without commas. */
function partName(name: string, index: number): string {
  return `${name}${PART_MARK}${index}`;
}
