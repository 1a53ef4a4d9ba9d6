import { formatCount } from '../../analysis/format-numbers.ts';

/** The first `shown` of a list, and how many more there are, so that nothing is left out in silence. */
export function fold<T>(items: readonly T[], shown: number): { readonly items: readonly T[]; readonly more: number } {
  const kept = items.slice(0, shown);
  return { items: kept, more: items.length - kept.length };
}

/** Lines of a list, each with a dash, and a last one that counts what is folded. */
export function foldedList(lines: readonly string[], shown: number, noun: string, nouns = `${noun}s`): string {
  const { items, more } = fold(lines, shown);
  return [...items.map((line) => `- ${line}`), ...(more > 0 ? [`- and ${moreOf(more, noun, nouns)}`] : [])].join('\n');
}

/** `7 more tenants (in the plan's JSON)` */
export function moreOf(more: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(more)} more ${more === 1 ? noun : nouns} (all of them in the plan's JSON)`;
}
