import { invalid, notSupported } from './expression-error.ts';
import { lex } from './lex.ts';
import { binaryOperators } from './operators.ts';
import { parsePrimary } from './parse-primary.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import type { Token } from './token.ts';
import { advance, current, expect, isAt, nested, skip, type TokenReader, unexpected } from './token-reader.ts';

/**
 * The tree of a text, its types not checked yet.
 * @throws {ExpressionError} `Invalid`, `NotSupported` or `TooLarge`, with the place
 */
export function parse(text: string): SyntaxNode {
  const reader: TokenReader = { tokens: lex(text), at: 0, closures: 0, nesting: 0 };
  const node = parseExpression(reader, 0);
  if (!isAt(reader, 'EOF')) throw unexpected(current(reader));
  return node;
}

/** Reads operators that bind at least as tight as `precedence`; at 0 a whole expression. */
export function parseExpression(reader: TokenReader, precedence: number): SyntaxNode {
  return nested(reader, () => {
    if (precedence === 0 && isAt(reader, 'Operator', 'let')) {
      throw notSupported(current(reader).position, 'let is not supported: write the value in its place');
    }
    const operations = parseOperations(reader, precedence);
    return precedence === 0 ? parseConditional(reader, operations) : operations;
  });
}

function parseOperations(reader: TokenReader, precedence: number): SyntaxNode {
  let left = parsePrimary(reader, parseExpression);
  let previous = '';
  while (isAt(reader, 'Operator')) {
    // Argo reads a `not` here even if the operator behind it is left to an outer level, which then never sees it: `1 + 2 not in [3]`
    // means `1 + 2 in [3]`.
    const negation = isAt(reader, 'Operator', 'not') ? advance(reader) : null;
    const operator = current(reader);
    const rule = operator.kind === 'EOF' ? undefined : binaryOperators.get(operator.value);
    if (rule === undefined || rule.precedence < precedence) break;
    advance(reader);
    if (operator.value === '|') throw notSupported(operator.position, 'pipes are not supported: write a call');
    if (previous === '??' && operator.value !== '??') throw mixedWithCoalescing(operator);
    const right = parseExpression(reader, rule.isRightAssociative ? rule.precedence : rule.precedence + 1);
    const { position, value } = operator;
    left = { kind: 'binary', position, type: null, operator: value, left, right, pattern: null };
    if (negation !== null) {
      left = { kind: 'unary', position: negation.position, type: null, operator: 'not', operand: left };
    }
    previous = operator.value;
  }
  return left;
}

function mixedWithCoalescing(operator: Token): Error {
  const message = `Operator (${operator.value}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`;
  return invalid(operator.position, message);
}

/** `a ? b : c`, and `a ?: c` for `a ? a : c`. */
function parseConditional(reader: TokenReader, start: SyntaxNode): SyntaxNode {
  let condition = start;
  while (skip(reader, 'Operator', '?')) {
    let whenTrue = condition;
    if (!isAt(reader, 'Operator', ':')) whenTrue = parseExpression(reader, 0);
    expect(reader, 'Operator', ':');
    const whenFalse = parseExpression(reader, 0);
    condition = { kind: 'conditional', position: start.position, type: null, condition, whenTrue, whenFalse };
  }
  return condition;
}
