import { bytesOfText } from './byte-text.ts';
import { isAlphanumeric } from './cursor.ts';
import { invalid, notSupported } from './expression-error.ts';
import type { ParseExpression } from './parse-primary.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import type { Token } from './token.ts';
import { advance, current, expect, isAt, skip, type TokenReader } from './token-reader.ts';

/** Reads what is appended to an operand: `.name`, `?.name`, `[index]`, `[from:to]`. */
export function parsePostfix(reader: TokenReader, start: SyntaxNode, parseExpression: ParseExpression): SyntaxNode {
  let node = start;
  for (;;) {
    const token = current(reader);
    if (token.kind !== 'Operator' && token.kind !== 'Bracket') return node;
    if (token.value === '.' || token.value === '?.') node = parseMember(reader, node);
    else if (token.value === '[') node = parseIndex(reader, node, parseExpression);
    else return node;
  }
}

/** A `?.` ends the whole chain of names behind it if there is nothing; an index behind such a chain is no part of it. */
function parseMember(reader: TokenReader, base: SyntaxNode): SyntaxNode {
  const isOptional = advance(reader).value === '?.';
  const name = advance(reader);
  if (!isName(name)) throw invalid(current(reader).position, 'expected name');
  const { position } = name;
  const member: SyntaxNode = {
    kind: 'member',
    position,
    type: null,
    base: base.kind === 'chain' ? base.node : base,
    property: { kind: 'string', position, type: null, value: bytesOfText(name.value) },
    isOptional,
  };
  if (isAt(reader, 'Bracket', '(')) throw notSupported(position, 'a result has no methods that could be called');
  return base.kind === 'chain' || isOptional ? { kind: 'chain', position: 0, type: null, node: member } : member;
}

function isName(token: Token): boolean {
  if (token.kind === 'Identifier') return true;
  const [first = '', ...rest] = token.value;
  return token.kind === 'Operator' && /^[\p{L}_$]$/u.test(first) && rest.every(isAlphanumeric);
}

function parseIndex(reader: TokenReader, base: SyntaxNode, parseExpression: ParseExpression): SyntaxNode {
  const { position } = advance(reader);
  const from = isAt(reader, 'Operator', ':') ? null : parseExpression(reader, 0);
  if (skip(reader, 'Operator', ':')) {
    const to = isAt(reader, 'Bracket', ']') ? null : parseExpression(reader, 0);
    expect(reader, 'Bracket', ']');
    return { kind: 'slice', position, type: null, base, from, to };
  }
  expect(reader, 'Bracket', ']');
  if (from === null) throw invalid(position, 'expected an index');
  return { kind: 'member', position, type: null, base, property: from, isOptional: false };
}
