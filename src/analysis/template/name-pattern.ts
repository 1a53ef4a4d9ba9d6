import { evaluateCondition } from '../expression/evaluate-condition.ts';
import { parseCondition } from '../expression/parse-condition.ts';
import { goQuoted } from '../go-quote.ts';

/** A regular expression over names, as Go reads it. */
export type NamePattern =
  | { readonly kind: 'pattern'; readonly matches: (name: string) => boolean }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'notSupported'; readonly message: string };

/** Reads a pattern by asking what conditions ask, `result matches "…"`: Go's patterns are read, and bounded, in one place. */
export function readNamePattern(text: string): NamePattern {
  const condition = parseCondition(`result matches "${goQuoted(text)}"`);
  if (condition.kind === 'problem') {
    return condition.reason === 'Invalid'
      ? { kind: 'invalid' }
      : { kind: 'notSupported', message: `the pattern cannot be read: ${condition.message}` };
  }
  // a pattern may be found wrong only beside a text
  const tried = evaluateCondition(condition, { kind: 'json', value: '' });
  if (tried.kind === 'error') return { kind: 'invalid' };
  return {
    kind: 'pattern',
    matches: (name) => {
      const outcome = evaluateCondition(condition, { kind: 'json', value: name });
      return outcome.kind === 'value' && outcome.value;
    },
  };
}
