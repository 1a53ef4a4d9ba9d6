import type { IntOrText } from '../../domain/analysis-template.ts';

const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;

/**
 * The number that a count or limit stands for; `null` when it is left out.
 *
 * A text that is no number is 0, as it is to Argo: that is what a misspelt argument becomes.
 */
export function intOf(value: IntOrText | null): number | null {
  if (value === null || typeof value === 'number') return value;
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

/** False for numbers outside 32 bits, which Argo's counters wrap: nobody can mean what they do there. */
export function isCountable(value: IntOrText | null): boolean {
  const number = intOf(value) ?? 0;
  return number >= LEAST && number <= MOST;
}
