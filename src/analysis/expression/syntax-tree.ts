import { assertNever } from '../../domain/assert-never.ts';
import type { GoSlice } from './go-value.ts';
import type { Pattern } from './pattern/pattern.ts';
import type { StaticType } from './static-type.ts';

/** What all nodes have: the place in the text (1-based) and the type, `null` until it is checked. */
interface Base {
  readonly position: number;
  readonly type: StaticType;
}

/** An element-wise builtin: its closure is evaluated once for each element. */
export type PredicateName = 'all' | 'none' | 'any' | 'one' | 'filter' | 'map' | 'count' | 'find' | 'findIndex';

/** Argo's own functions. */
export type FunctionName = 'asInt' | 'asFloat' | 'isNaN' | 'isInf' | 'isNil' | 'default';

/**
 * A builtin over an array and a closure.
 * `mapper` is what a rewritten `map(filter(…), mapper)` makes of each element; a rewritten `filter(…)[0]` fails when nothing is found.
 */
export interface PredicateNode extends Base {
  readonly kind: 'predicate';
  readonly name: PredicateName;
  readonly collection: SyntaxNode;
  readonly closure: SyntaxNode;
  readonly mapper: SyntaxNode | null;
  readonly failsWhenNone: boolean;
}

/** `left operator right`, the operator as it was written; `pattern` is that of a `matches` with a literal. */
export interface BinaryNode extends Base {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
  readonly pattern: Pattern | null;
}

/** One node of a condition. Text is held in bytes (`byte-text.ts`). `unknown` is a name that nobody knows, or `result` being called. */
export type SyntaxNode =
  | (Base & { readonly kind: 'nil' })
  | (Base & { readonly kind: 'result' })
  | (Base & { readonly kind: 'unknown'; readonly name: string })
  | (Base & { readonly kind: 'int'; readonly value: bigint })
  | (Base & { readonly kind: 'float'; readonly value: number })
  | (Base & { readonly kind: 'bool'; readonly value: boolean })
  | (Base & { readonly kind: 'string'; readonly value: string })
  | (Base & { readonly kind: 'constant'; readonly value: GoSlice })
  | (Base & { readonly kind: 'unary'; readonly operator: string; readonly operand: SyntaxNode })
  | BinaryNode
  | (Base & { readonly kind: 'inSet'; readonly needle: SyntaxNode; readonly members: ReadonlySet<bigint | string> })
  | (Base & { readonly kind: 'inRange'; readonly needle: SyntaxNode; readonly from: bigint; readonly to: bigint })
  | (Base & { readonly kind: 'chain'; readonly node: SyntaxNode })
  | (Base & {
      readonly kind: 'member';
      readonly base: SyntaxNode;
      readonly property: SyntaxNode;
      readonly isOptional: boolean;
    })
  | (Base & {
      readonly kind: 'slice';
      readonly base: SyntaxNode;
      readonly from: SyntaxNode | null;
      readonly to: SyntaxNode | null;
    })
  | (Base & { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly SyntaxNode[] })
  | (Base & { readonly kind: 'len'; readonly args: readonly SyntaxNode[] })
  | PredicateNode
  | (Base & { readonly kind: 'pointer'; readonly name: string })
  | (Base & {
      readonly kind: 'conditional';
      readonly condition: SyntaxNode;
      readonly whenTrue: SyntaxNode;
      readonly whenFalse: SyntaxNode;
    })
  | (Base & { readonly kind: 'array'; readonly items: readonly SyntaxNode[] })
  | (Base & {
      readonly kind: 'map';
      readonly pairs: readonly { readonly key: SyntaxNode; readonly value: SyntaxNode }[];
    });

/** The node with each child replaced; children are visited in the order in which they are evaluated. */
export function mapChildren(node: SyntaxNode, replace: (child: SyntaxNode) => SyntaxNode): SyntaxNode {
  switch (node.kind) {
    case 'nil':
    case 'result':
    case 'unknown':
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'constant':
    case 'pointer':
      return node;
    case 'unary':
      return { ...node, operand: replace(node.operand) };
    case 'binary':
      return { ...node, left: replace(node.left), right: replace(node.right) };
    case 'inSet':
    case 'inRange':
      return { ...node, needle: replace(node.needle) };
    case 'chain':
      return { ...node, node: replace(node.node) };
    case 'member':
      return { ...node, base: replace(node.base), property: replace(node.property) };
    case 'slice': {
      const base = replace(node.base);
      const to = node.to && replace(node.to);
      return { ...node, base, to, from: node.from && replace(node.from) };
    }
    case 'call':
    case 'len':
      return { ...node, args: node.args.map(replace) };
    case 'predicate':
      return mapPredicate(node, replace);
    case 'conditional':
      return {
        ...node,
        condition: replace(node.condition),
        whenTrue: replace(node.whenTrue),
        whenFalse: replace(node.whenFalse),
      };
    case 'array':
      return { ...node, items: node.items.map(replace) };
    case 'map':
      return { ...node, pairs: node.pairs.map(({ key, value }) => ({ key: replace(key), value: replace(value) })) };
    default:
      return assertNever(node);
  }
}

/** Argo's rewriting does not look into a mapper; those who must see it ask for it themselves. */
function mapPredicate(node: PredicateNode, replace: (child: SyntaxNode) => SyntaxNode): PredicateNode {
  return { ...node, collection: replace(node.collection), closure: replace(node.closure) };
}
