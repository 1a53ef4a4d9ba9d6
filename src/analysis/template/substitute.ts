import type { TemplateArg } from '../../domain/analysis-template.ts';
import { goQuoted } from '../go-quote.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

const OPEN = '{{';
const CLOSE = '}}';

/** Longest JSON text of one metric, in characters; the API server takes no object above 1.5 MB. */
const MAX_LENGTH = 1_048_576;

/** A JSON text with its `{{args.…}}` filled in. */
export type Substitution = { readonly kind: 'text'; readonly text: string } | AnalysisProblem;

/** A piece of text between tags, and the tag behind it; the last piece has none. */
interface Piece {
  readonly text: string;
  readonly tag: string | null;
}

/**
 * Fills the arguments into a JSON text, each quoted for the inside of a JSON string.
 *
 * A tag reaches from the first `{{` to the next `}}` of the whole text, as it does for Argo: `x{{{args.a}}}` holds the tag
 * `{args.a`, and a `{{` that nobody closes ends at the next braces of the JSON itself.
 */
export function substituteArgs(json: string, args: readonly TemplateArg[]): Substitution {
  const { pieces, unclosed } = piecesOf(json);
  if (unclosed !== null) return analysisProblem('UnresolvedArgument', endTagMissing(json, unclosed));
  const values = new Map<string, string>();
  for (const arg of args) {
    if (arg.value === null) return analysisProblem('ArgumentMissing', `argument "${arg.name}" was not supplied`);
    values.set(`args.${arg.name}`, goQuoted(arg.value));
  }
  const unresolved = pieces.findLast(({ tag }) => tag !== null && !values.has(tag.trim()));
  if (unresolved !== undefined) {
    return analysisProblem('UnresolvedArgument', `failed to resolve {{${unresolved.tag}}}`);
  }
  const filled = pieces.flatMap(({ text, tag }) => [text, tag === null ? '' : values.get(tag.trim())!]);
  const length = filled.reduce((sum, text) => sum + text.length, 0);
  if (length <= MAX_LENGTH) return { kind: 'text', text: filled.join('') };
  return analysisProblem(
    'MetricTooLarge',
    `the metric has ${length} characters with its arguments, at most ${MAX_LENGTH} are taken`,
  );
}

/** Every tag of a text, trimmed: `args.hash`. */
export function tagsOf(text: string): readonly string[] {
  return piecesOf(text).pieces.flatMap(({ tag }) => (tag === null ? [] : [tag.trim()]));
}

/** The pieces up to the first tag without an end, and what follows its opening; `null` when all have one. */
function piecesOf(text: string): { readonly pieces: readonly Piece[]; readonly unclosed: string | null } {
  const pieces: Piece[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf(OPEN, from);
    if (open < 0) return { pieces: [...pieces, { text: text.slice(from), tag: null }], unclosed: null };
    const start = open + OPEN.length;
    const close = text.indexOf(CLOSE, start);
    if (close < 0) return { pieces, unclosed: text.slice(start) };
    pieces.push({ text: text.slice(from, open), tag: text.slice(start, close) });
    from = close + CLOSE.length;
  }
}

function endTagMissing(json: string, rest: string): string {
  return `Cannot find end tag="}}" in the template="${goQuoted(json)}" starting from "${goQuoted(rest)}"`;
}
