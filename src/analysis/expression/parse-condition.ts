import { checkTypesForAll } from './check.ts';
import type { Condition, ConditionProblem, ProblemReason } from './condition.ts';
import { ExpressionError, tooLarge } from './expression-error.ts';
import { MAX_TEXT_CHARACTERS, MAX_TREE_HEIGHT } from './limits.ts';
import { optimize } from './optimize.ts';
import { parse } from './parse.ts';
import { mapChildren, type SyntaxNode } from './syntax-tree.ts';

/**
 * Reads a condition. Refused is what Argo refuses whatever the result is, and what is not supported; whether the types fit shows beside
 * a result only (`result > 0.9` is right of a scalar and wrong of a vector).
 */
export function parseCondition(text: string): Condition | ConditionProblem {
  if (text.length > MAX_TEXT_CHARACTERS) {
    const message = `the condition has ${text.length} characters, more than ${MAX_TEXT_CHARACTERS}`;
    return problemOf(new ExpressionError('TooLarge', message, MAX_TEXT_CHARACTERS + 1), null);
  }
  let condition: Condition | null = null;
  try {
    const root = parse(text);
    requireHeight(root);
    condition = { kind: 'condition', text, root };
    optimize(checkTypesForAll(root));
    return condition;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return problemOf(error, condition);
  }
}

function problemOf(error: ExpressionError, read: Condition | null): ConditionProblem {
  const reason = error.reason as ProblemReason;
  const illTyped = reason === 'Invalid' ? read : null;
  return { kind: 'problem', reason, position: Math.max(error.position, 1), message: error.message, illTyped };
}

/** Keeps what walks the tree from ever running out of stack. */
function requireHeight(root: SyntaxNode): void {
  let level: SyntaxNode[] = [root];
  for (let height = 0; level.length > 0; height += 1) {
    const next: SyntaxNode[] = [];
    for (const node of level) {
      if (height > MAX_TREE_HEIGHT) {
        const message = `the condition strings together more than ${MAX_TREE_HEIGHT} operations: write it shorter`;
        throw tooLarge(message, node.position);
      }
      mapChildren(node, (child) => {
        next.push(child);
        return child;
      });
    }
    level = next;
  }
}
