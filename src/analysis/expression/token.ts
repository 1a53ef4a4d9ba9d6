import { goQuote } from '../go-quote.ts';
import { textOfBytes } from './byte-text.ts';

/** What a token is; the words are Argo's, for its messages hold them. */
export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Operator' | 'Bracket' | 'EOF';

/** One word of a condition. The value of a string is what it means, in bytes. */
export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  /** 1-based, in characters. */
  readonly position: number;
}

/** The token as Argo's messages name it. */
export function tokenText(token: Token): string {
  if (token.value === '') return token.kind;
  const value = token.kind === 'String' ? textOfBytes(token.value) : token.value;
  return `${token.kind}(${goQuote(value)})`;
}
