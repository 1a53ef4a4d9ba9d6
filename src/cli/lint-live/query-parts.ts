import { argumentsIn } from '../../analysis/grouped/arguments.ts';
import { childNamed, type PromqlNode, parsePromql } from '../../analysis/grouped/promql-tree.ts';
import { isRefusal, type Refusal } from '../../analysis/grouped/refusal.ts';
import { lookbackMs } from '../../analysis/query/lookback.ts';

/** A selector of a query. */
export interface QuerySelector {
  /** As it is written, without its range: `a_total{code="200"}`. */
  readonly text: string;
  /** Of a range, ms; `null` for an instant. */
  readonly rangeMs: number | null;
  /** Whether it is taken for a counter: inside of `rate`, `irate`, `increase`. */
  readonly isCounter: boolean;
  readonly matchers: readonly SelectorMatcher[];
}

/** `code!~"5.."` with the arguments that its value mentions. */
export interface SelectorMatcher {
  readonly label: string;
  readonly text: string;
  readonly args: readonly string[];
}

const COUNTER_FUNCTIONS: ReadonlySet<string> = new Set(['rate', 'irate', 'increase']);

/** The selectors of a query, whose arguments stand inside of matchers; or why it cannot be read. */
export function querySelectors(query: string): readonly QuerySelector[] | Refusal {
  const root = parsePromql(query);
  return isRefusal(root) ? root : selectorsIn(root, false);
}

function selectorsIn(node: PromqlNode, isCounter: boolean): readonly QuerySelector[] {
  if (node.name === 'VectorSelector') return [selectorOf(node, null, isCounter)];
  const [first] = node.children;
  if (node.name === 'MatrixSelector' && first !== undefined) {
    const reach = lookbackMs(node.text);
    return [selectorOf(first, reach.kind === 'lookback' ? reach.ms : null, isCounter)];
  }
  const isCall = node.name === 'FunctionCall';
  const called = isCall ? COUNTER_FUNCTIONS.has(childNamed(node, 'FunctionIdentifier')?.text ?? '') : isCounter;
  return node.children.flatMap((child) => selectorsIn(child, called));
}

function selectorOf(node: PromqlNode, rangeMs: number | null, isCounter: boolean): QuerySelector {
  const matchers = (childNamed(node, 'LabelMatchers')?.children ?? []).map(({ text, children }) => ({
    label: children.find(({ name }) => name === 'LabelName')?.text ?? '',
    text,
    args: argumentsIn(text),
  }));
  return { text: node.text, rangeMs, isCounter, matchers };
}

/** The selector without the matchers that mention one of these arguments. */
export function withoutArguments({ text, matchers }: QuerySelector, args: readonly string[]): string {
  const kept = matchers.filter((matcher) => !matcher.args.some((arg) => args.includes(arg)));
  const name = text.includes('{') ? text.slice(0, text.indexOf('{')) : text;
  return `${name}{${kept.map((matcher) => matcher.text).join(',')}}`;
}

const NEVER_NEGATIVE_CALLS: ReadonlySet<string> = new Set(
  'rate irate increase count_over_time present_over_time changes resets absent absent_over_time abs sqrt exp time timestamp histogram_quantile histogram_count'.split(
    ' ',
  ),
);
const KEEPS_SIGN_CALLS: ReadonlySet<string> = new Set(
  'vector scalar clamp_max ceil floor round label_replace label_join sort sort_desc avg_over_time sum_over_time max_over_time min_over_time'.split(
    ' ',
  ),
);
const KEEPS_SIGN_OPERATORS: ReadonlySet<string> = new Set(['Add', 'Mul', 'Div', 'Mod', 'Or', 'Pow']);
const LEFT_OPERATORS: ReadonlySet<string> = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'EqlC', 'Neq', 'And', 'Unless']);

/** Whether no answer of a query can be below zero, as far as its text tells. */
export function isNeverNegative(query: string): boolean {
  const root = parsePromql(query);
  return !isRefusal(root) && isNonNegative(root);
}

function isNonNegative(node: PromqlNode): boolean {
  const [first, operator] = node.children;
  const body = childNamed(node, 'FunctionCallBody')?.children ?? [];
  switch (node.name) {
    case 'NumberDurationLiteral':
      return !node.text.startsWith('-');
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'SubqueryExpr':
      return first !== undefined && isNonNegative(first);
    case 'FunctionCall': {
      const name = childNamed(node, 'FunctionIdentifier')?.text ?? '';
      return (
        NEVER_NEGATIVE_CALLS.has(name) ||
        (KEEPS_SIGN_CALLS.has(name) && body[0] !== undefined && isNonNegative(body[0]))
      );
    }
    case 'AggregateExpr':
      return (
        childNamed(node, 'AggregateOp')?.text === 'count' || (body.at(-1) !== undefined && isNonNegative(body.at(-1)!))
      );
    case 'BinaryExpr': {
      const right = node.children.at(-1);
      if (first === undefined || operator === undefined || right === undefined || !isNonNegative(first)) return false;
      return LEFT_OPERATORS.has(operator.name) || (KEEPS_SIGN_OPERATORS.has(operator.name) && isNonNegative(right));
    }
    default:
      return false;
  }
}
