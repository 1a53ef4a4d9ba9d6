import { childNamed, type PromqlNode, parsePromql } from '../grouped/promql-tree.ts';
import { isRefusal, type Refusal } from '../grouped/refusal.ts';
import { quotePromql, readPromqlString } from '../promql-string.ts';

/** Label → value, each an equality. */
export type AddedMatchers = Readonly<Record<string, string>>;

/** The query with the matchers in every selector, in front of those that it has. */
export function addMatchers(query: string, matchers: AddedMatchers): string | Refusal {
  const written = Object.entries(matchers).map(([label, value]) => `${label}=${quotePromql(value)}`);
  if (written.length === 0) return query;
  const root = parsePromql(query);
  if (isRefusal(root)) return root;
  let text = '';
  let at = 0;
  for (const selector of selectorsIn(root)) {
    const braces = childNamed(selector, 'LabelMatchers');
    const place = braces === null ? selector.to : braces.from + 1;
    const isFirst = braces === null || braces.children.length === 0;
    const added = braces === null ? `{${written.join(',')}}` : `${written.join(',')}${isFirst ? '' : ','}`;
    text += query.slice(at, place) + added;
    at = place;
  }
  return text + query.slice(at);
}

/** The labels that a query's own selectors compare by `=` with a text, and the texts. */
export function literalMatchers(query: string): readonly { readonly label: string; readonly value: string }[] {
  const root = parsePromql(query);
  if (isRefusal(root)) return [];
  return selectorsIn(root).flatMap((selector) =>
    (childNamed(selector, 'LabelMatchers')?.children ?? []).flatMap((matcher) => {
      const label = childNamed(matcher, 'LabelName')?.text;
      const literal = readPromqlString(childNamed(matcher, 'StringLiteral')?.text ?? '', 0);
      if (label === undefined || childNamed(matcher, 'MatchOp')?.text !== '=' || !('value' in literal)) return [];
      return [{ label, value: literal.value }];
    }),
  );
}

/** In the order of the text; selectors do not nest. */
function selectorsIn(node: PromqlNode): readonly PromqlNode[] {
  return node.name === 'VectorSelector' ? [node] : node.children.flatMap(selectorsIn);
}
