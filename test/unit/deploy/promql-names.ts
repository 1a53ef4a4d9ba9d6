/** Names of metrics in a PromQL expression: what is left of it without strings, selectors, ranges, groupings and functions. */
export function metricNames(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"(\\.|[^"\\])*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)].map(([word]) => word);
  return words.filter((word) => !OPERATORS.has(word));
}

const OPERATORS: ReadonlySet<string> = new Set(
  'and or unless bool offset by without sum max min avg count topk'.split(' '),
);
