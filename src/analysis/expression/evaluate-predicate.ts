import { elementByIndex, lengthOf } from './access.ts';
import type { Evaluate, Frame } from './evaluate.ts';
import { failed } from './expression-error.ts';
import { type GoValue, goTypeText, sliceOfItems, toBool } from './go-value.ts';
import type { PredicateNode } from './syntax-tree.ts';

/** What a builtin goes over, and how it looks at each element. */
interface Elements {
  readonly length: number;
  readonly holdsAt: (index: number) => boolean;
  /** What the builtin makes of an element: the element itself if there is no mapper. */
  readonly madeOf: (index: number) => GoValue;
  readonly closureAt: (index: number) => GoValue;
}

/** Evaluates a builtin over an array; over a string it visits bytes, over a map it counts without looking. */
export function evaluatePredicate(node: PredicateNode, frame: Frame, evaluate: Evaluate): GoValue {
  const collection = evaluate(node.collection, frame);
  const length = lengthOf(collection);
  if (length === null) throw failed(`reflect: call of reflect.Value.Len on ${kindText(collection)} Value`);
  const frameAt = (index: number): Frame => ({ ...frame, index, element: () => elementByIndex(collection, index) });
  const closureAt = (index: number) => {
    frame.budget.count();
    return evaluate(node.closure, frameAt(index));
  };
  const { mapper } = node;
  const madeOf = (index: number) =>
    mapper === null ? elementByIndex(collection, index) : evaluate(mapper, frameAt(index));
  return fromElements(node, frame, { length, closureAt, madeOf, holdsAt: (index) => toBool(closureAt(index)) });
}

function fromElements(node: PredicateNode, frame: Frame, elements: Elements): GoValue {
  switch (node.name) {
    case 'all':
      return firstWhere(elements, false) === null;
    case 'any':
      return firstWhere(elements, true) !== null;
    case 'none':
      return firstWhere(elements, true) === null;
    case 'one':
      return countWhere(elements) === 1;
    case 'count':
      return BigInt(countWhere(elements));
    case 'filter':
      return filtered(elements, frame);
    case 'map': {
      const items: GoValue[] = [];
      for (let index = 0; index < elements.length; index += 1) items.push(elements.closureAt(index));
      frame.budget.grow(items.length);
      return sliceOfItems('any', items);
    }
    case 'findIndex': {
      const index = firstWhere(elements, true);
      return index === null ? null : BigInt(index);
    }
    case 'find': {
      const index = firstWhere(elements, true);
      if (index !== null) return elements.madeOf(index);
      if (node.failsWhenNone) throw failed('reflect: slice index out of range');
      return null;
    }
  }
}

function firstWhere(elements: Elements, wanted: boolean): number | null {
  for (let index = 0; index < elements.length; index += 1) if (elements.holdsAt(index) === wanted) return index;
  return null;
}

function countWhere(elements: Elements): number {
  let count = 0;
  for (let index = 0; index < elements.length; index += 1) if (elements.holdsAt(index)) count += 1;
  return count;
}

function filtered(elements: Elements, frame: Frame): GoValue {
  const items: GoValue[] = [];
  for (let index = 0; index < elements.length; index += 1) {
    if (elements.holdsAt(index)) items.push(elements.madeOf(index));
  }
  frame.budget.grow(items.length);
  return sliceOfItems('any', items);
}

function kindText(value: GoValue): string {
  return value === null ? 'zero' : goTypeText(value);
}
