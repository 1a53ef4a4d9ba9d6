import { bytesOfText } from './byte-text.ts';
import { invalid } from './expression-error.ts';
import type { ParseExpression } from './parse-primary.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import { tokenText } from './token.ts';
import { advance, current, expect, isAt, type TokenReader, unexpected } from './token-reader.ts';

/** `[a, b]`; a comma may follow the last item. */
export function parseArray(reader: TokenReader, parseExpression: ParseExpression): SyntaxNode {
  const { position } = current(reader);
  expect(reader, 'Bracket', '[');
  const items: SyntaxNode[] = [];
  while (!isAt(reader, 'Bracket', ']')) {
    if (items.length > 0) expect(reader, 'Operator', ',');
    if (items.length > 0 && isAt(reader, 'Bracket', ']')) break;
    items.push(parseExpression(reader, 0));
  }
  expect(reader, 'Bracket', ']');
  return { kind: 'array', position, type: null, items };
}

/** `{a: 1, "b": 2, (c): 3}`; a comma may follow the last pair. */
export function parseMap(reader: TokenReader, parseExpression: ParseExpression): SyntaxNode {
  const { position } = current(reader);
  expect(reader, 'Bracket', '{');
  const pairs: { readonly key: SyntaxNode; readonly value: SyntaxNode }[] = [];
  while (!isAt(reader, 'Bracket', '}')) {
    if (pairs.length > 0) expect(reader, 'Operator', ',');
    if (pairs.length > 0 && isAt(reader, 'Bracket', '}')) break;
    if (pairs.length > 0 && isAt(reader, 'Operator', ',')) throw unexpected(current(reader));
    const key = parseKey(reader, parseExpression, position);
    expect(reader, 'Operator', ':');
    pairs.push({ key, value: parseExpression(reader, 0) });
  }
  expect(reader, 'Bracket', '}');
  return { kind: 'map', position, type: null, pairs };
}

function parseKey(reader: TokenReader, parseExpression: ParseExpression, position: number): SyntaxNode {
  const token = current(reader);
  if (token.kind === 'String' || token.kind === 'Number' || token.kind === 'Identifier') {
    advance(reader);
    const value = token.kind === 'String' ? token.value : bytesOfText(token.value);
    return { kind: 'string', position, type: null, value };
  }
  if (isAt(reader, 'Bracket', '(')) return parseExpression(reader, 0);
  const expected =
    'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses';
  throw invalid(token.position, `${expected} (unexpected token ${tokenText(token)})`);
}
