import type { Check, Scope } from './check.ts';
import { invalid } from './expression-error.ts';
import { ANY, BOOL, INT, isAny, isBool, type StaticType, sliceOf, typeText } from './static-type.ts';
import type { PredicateNode } from './syntax-tree.ts';

/** A builtin over an array, its closure checked with `#` as the array's element. @throws {ExpressionError} `Invalid` */
export function checkPredicate(node: PredicateNode, scope: Scope, check: Check): PredicateNode {
  const collection = check(node.collection, scope);
  if (collection.type?.kind !== 'slice' && !isAny(collection.type)) {
    const message = `builtin ${node.name} takes only array (got ${typeText(collection.type)})`;
    throw invalid(collection.position, message);
  }
  const element = collection.type?.kind === 'slice' ? collection.type.elem : ANY;
  const closure = check(node.closure, { ...scope, element, hasIndex: node.name === 'map' });
  if (closure.type === null) throw invalid(closure.position, 'closure cannot be nil');
  if (node.name !== 'map' && !isBool(closure.type) && !isAny(closure.type)) {
    const message = `predicate should return boolean (got ${typeText(closure.type)})`;
    throw invalid(node.closure.position, message);
  }
  return { ...node, collection, closure, type: typeOfPredicate(node, collection.type, element, closure.type) };
}

function typeOfPredicate(
  node: PredicateNode,
  collection: StaticType,
  element: StaticType,
  closure: StaticType,
): StaticType {
  switch (node.name) {
    case 'filter':
      return isAny(collection) ? sliceOf(ANY) : collection;
    case 'map':
      return sliceOf(closure);
    case 'find':
      return element;
    case 'count':
    case 'findIndex':
      return INT;
    default:
      return BOOL;
  }
}
