import { isCallable, isFunctionName, isPredicateName, isUnsupportedBuiltin } from './builtins.ts';
import { invalid, notSupported } from './expression-error.ts';
import { unaryPrecedence } from './operators.ts';
import { parseArray, parseMap } from './parse-collection.ts';
import { parsePostfix } from './parse-postfix.ts';
import { readNumberLiteral } from './read-number.ts';
import type { PredicateName, SyntaxNode } from './syntax-tree.ts';
import type { Token } from './token.ts';
import { advance, current, expect, isAt, skip, type TokenReader, unexpected } from './token-reader.ts';

/** Reads operators that bind at least as tight as the number says. */
export type ParseExpression = (reader: TokenReader, precedence: number) => SyntaxNode;

/** Reads an operand: a prefix, brackets, a literal, a call or a name, and what is appended to it. */
export function parsePrimary(reader: TokenReader, parseExpression: ParseExpression): SyntaxNode {
  const token = current(reader);
  const { position } = token;
  const prefix = token.kind === 'Operator' ? unaryPrecedence.get(token.value) : undefined;
  if (prefix !== undefined) {
    advance(reader);
    const operand = parseExpression(reader, prefix);
    return parsePostfix(
      reader,
      { kind: 'unary', position, type: null, operator: token.value, operand },
      parseExpression,
    );
  }
  if (skip(reader, 'Bracket', '(')) {
    const inner = parseExpression(reader, 0);
    expect(reader, 'Bracket', ')');
    return parsePostfix(reader, inner, parseExpression);
  }
  if (isAt(reader, 'Operator', '#') || isAt(reader, 'Operator', '.')) {
    return parsePostfix(reader, parsePointer(reader), parseExpression);
  }
  return parseSecondary(reader, parseExpression);
}

/** `#`, `#index`; a `.` alone stands for `#.`, and stays to be read as an access. */
function parsePointer(reader: TokenReader): SyntaxNode {
  const { position } = current(reader);
  if (reader.closures === 0) throw invalid(position, 'cannot use pointer accessor outside closure');
  const isNamed = skip(reader, 'Operator', '#') && isAt(reader, 'Identifier');
  return { kind: 'pointer', position, type: null, name: isNamed ? advance(reader).value : '' };
}

/** Literals take nothing appended: `"abc"[0]` and `1.x` are refused by Argo too. */
function parseSecondary(reader: TokenReader, parseExpression: ParseExpression): SyntaxNode {
  const token = current(reader);
  const { position } = token;
  if (token.kind === 'Number') {
    advance(reader);
    return { ...readNumberLiteral(token.value, position), position, type: null };
  }
  if (token.kind === 'String') {
    advance(reader);
    return { kind: 'string', position, type: null, value: token.value };
  }
  if (token.kind === 'Identifier') {
    advance(reader);
    if (token.value === 'true' || token.value === 'false') {
      return { kind: 'bool', position, type: null, value: token.value === 'true' };
    }
    if (token.value === 'nil') return { kind: 'nil', position, type: null };
    return parsePostfix(reader, parseName(reader, token, parseExpression), parseExpression);
  }
  if (isAt(reader, 'Bracket', '[')) return parsePostfix(reader, parseArray(reader, parseExpression), parseExpression);
  if (isAt(reader, 'Bracket', '{')) return parsePostfix(reader, parseMap(reader, parseExpression), parseExpression);
  throw unexpected(token);
}

function parseName(reader: TokenReader, token: Token, parseExpression: ParseExpression): SyntaxNode {
  const { value: name, position } = token;
  if (isUnsupportedBuiltin(name)) throw notSupported(position, `${name} is not supported`);
  if (!isAt(reader, 'Bracket', '(')) {
    if (name === 'result') return { kind: 'result', position, type: null };
    if (name === '$env') throw notSupported(position, '$env is not supported: name what is meant');
    if (isCallable(name)) throw notSupported(position, `${name} is a function: only calls of it are supported`);
    return { kind: 'unknown', position, type: null, name };
  }
  if (isPredicateName(name)) return parsePredicate(reader, name, position, parseExpression);
  const args = parseArguments(reader, parseExpression);
  if (name === 'len') return { kind: 'len', position, type: null, args };
  if (isFunctionName(name)) return { kind: 'call', position, type: null, name, args };
  return { kind: 'unknown', position, type: null, name };
}

function parsePredicate(
  reader: TokenReader,
  name: PredicateName,
  position: number,
  parseExpression: ParseExpression,
): SyntaxNode {
  expect(reader, 'Bracket', '(');
  const collection = parseExpression(reader, 0);
  expect(reader, 'Operator', ',');
  const isBraced = skip(reader, 'Bracket', '{');
  reader.closures += 1;
  const closure = parseExpression(reader, 0);
  reader.closures -= 1;
  if (isBraced) expect(reader, 'Bracket', '}');
  expect(reader, 'Bracket', ')');
  return { kind: 'predicate', position, type: null, name, collection, closure, mapper: null, failsWhenNone: false };
}

/** Unlike in an array, a comma behind the last argument is refused. */
function parseArguments(reader: TokenReader, parseExpression: ParseExpression): readonly SyntaxNode[] {
  expect(reader, 'Bracket', '(');
  const args: SyntaxNode[] = [];
  while (!isAt(reader, 'Bracket', ')')) {
    if (args.length > 0) expect(reader, 'Operator', ',');
    args.push(parseExpression(reader, 0));
  }
  expect(reader, 'Bracket', ')');
  return args;
}
