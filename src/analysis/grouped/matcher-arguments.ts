import { readPromqlString } from '../promql-string.ts';
import { argumentsIn } from './arguments.ts';
import type { QueryTarget } from './plan-queries.ts';

/** A query and its targets after arguments were taken apart. */
export interface ExpandedQuery {
  readonly query: string;
  /** In the order of the targets that were given. */
  readonly targets: readonly QueryTarget[];
}

/** `namespace="a"`, its value as it stands between the quotes. */
interface QuotedMatcher {
  readonly label: string;
  readonly text: string;
}

/**
 * Takes arguments apart that hold matchers, `namespace="a",tenant="t-1"`, in all targets for the same labels: each value becomes an
 * argument of its own inside the quotes. Other arguments stay as they are.
 */
export function expandMatchers(query: string, targets: readonly QueryTarget[]): ExpandedQuery {
  return argumentsIn(query).reduce(expandOne, { query, targets });
}

function expandOne({ query, targets }: ExpandedQuery, name: string): ExpandedQuery {
  const read = targets.map(({ args }) => readMatchers(args[name] ?? ''));
  const [first] = read;
  if (first === undefined || first === null) return { query, targets };
  const labels = labelsOf(first);
  if (!read.every((matchers) => matchers !== null && labelsOf(matchers) === labels)) return { query, targets };
  const written = first.map(({ label }, index) => `${label}="{{args.${partName(name, index)}}}"`).join(',');
  const marker = new RegExp(`\\{\\{\\s*args\\.${escapeName(name)}\\s*\\}\\}`, 'g');
  return {
    query: query.replaceAll(marker, () => written),
    targets: targets.map((target, index) => {
      const parts = (read[index] ?? []).map(({ text }, part) => [partName(name, part), text] as const);
      return { ...target, args: { ...target.args, ...Object.fromEntries(parts) } };
    }),
  };
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
  return `${name},${index}`;
}

function escapeName(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
