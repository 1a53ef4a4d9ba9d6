import { type Refusal, refuse } from './refusal.ts';

const MARKER = /\{\{\s*args\.([^{}\s]+)\s*\}\}/g;

/** The arguments that a text mentions as `{{args.name}}`, each once. */
export function argumentsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(MARKER)].map(([, name = '']) => name))];
}

/** The text with values in the place of arguments, as they are; an argument without a value stays. */
export function fillArguments(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(MARKER, (marker, name: string) => (Object.hasOwn(values, name) ? values[name]! : marker));
}

/** Where an offset of the filled text stands in the text itself; inside of a value that was filled in: where its argument begins. */
export function offsetBeforeFilling(text: string, values: Readonly<Record<string, string>>, offset: number): number {
  let grownBy = 0;
  for (const { 0: marker, 1: name = '', index } of text.matchAll(MARKER)) {
    if (!Object.hasOwn(values, name)) continue;
    const from = index + grownBy;
    if (offset < from) break;
    if (offset < from + values[name]!.length) return index;
    grownBy += values[name]!.length - marker.length;
  }
  return offset - grownBy;
}

/** `{{ args.a }}` and `{{args.a}}` as the same text. */
export function normalArguments(text: string): string {
  return text.replaceAll(MARKER, (_, name: string) => `{{args.${name}}}`);
}

/** The query with blanks for its comments, places unchanged, or where an argument stands outside of quotes. */
export function readableQuery(query: string): { readonly kind: 'readable'; readonly text: string } | Refusal {
  const { text, quoted } = scan(query);
  for (const marker of text.matchAll(MARKER)) {
    if (quoted.some(({ from, to }) => from < marker.index && marker.index < to)) continue;
    const name = marker[1] ?? '';
    return refuse(
      'ArgumentOutsideMatcher',
      marker.index,
      `argument ${name} differs per target and stands outside of a matcher's value`,
      [name],
    );
  }
  return { kind: 'readable', text };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Quoted texts and comments, told apart by their first character. */
function scan(query: string): { readonly text: string; readonly quoted: readonly Span[] } {
  const quoted: Span[] = [];
  let text = '';
  let at = 0;
  while (at < query.length) {
    const end = tokenEnd(query, at);
    const token = query.slice(at, end);
    if (query[at] === '#') text += ' '.repeat(token.length);
    else text += token;
    if (isQuote(query[at])) quoted.push({ from: at, to: end });
    at = end;
  }
  return { text, quoted };
}

function tokenEnd(query: string, from: number): number {
  const first = query[from];
  let at = from + 1;
  if (first === '#') {
    while (at < query.length && query[at] !== '\n') at += 1;
    return at;
  }
  if (!isQuote(first)) return at;
  while (at < query.length && query[at] !== first) at += query[at] === '\\' && first !== '`' ? 2 : 1;
  return Math.min(at + 1, query.length);
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'" || character === '`';
}
