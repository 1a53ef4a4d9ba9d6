/** Whether a code point is one that is wanted. */
export type PointTest = (point: number) => boolean;

/** What holds between two characters. */
export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary';

/** A pattern taken apart. */
export type PatternNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'point'; readonly test: PointTest }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'either'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number | null };

/** One state of the automaton; `next` is where it goes from there. */
export type State =
  | { readonly kind: 'point'; readonly test: PointTest; readonly next: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: 'fork'; readonly next: readonly number[] }
  | { readonly kind: 'found' };

/** A pattern that can be looked for. */
export interface Pattern {
  readonly states: readonly State[];
  readonly start: number;
}
