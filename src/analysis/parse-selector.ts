import { readPromqlString } from './promql-string.ts';

/** How a matcher compares its label. */
export type MatcherOperator = '=' | '!=' | '=~' | '!~';

/** `code!~"5.."`, its value without quotes and escapes. */
export interface Matcher {
  readonly label: string;
  readonly operator: MatcherOperator;
  readonly value: string;
}

/** `http_requests_total{code!~"5.."}` taken apart. */
export interface SeriesSelector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** A selector that was read, or where reading stopped (1-based) and why. */
export type ParsedSelector =
  | { readonly kind: 'selector'; readonly selector: SeriesSelector }
  | { readonly kind: 'problem'; readonly position: number; readonly message: string };

/** Where a reading step ended, or what it found wrong. */
type Step<T> = { readonly value: T; readonly end: number } | { readonly position: number; readonly message: string };

/**
 * Reads an instant-vector selector: a metric name and, if wanted, matchers in braces. Everything else of PromQL is refused, because
 * labels, window and grouping are added around it and would not mean the same inside an expression.
 */
export function parseSelector(text: string): ParsedSelector {
  const start = skipSpace(text, 0);
  const metric = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(text.slice(start))?.[0];
  if (metric === undefined) return problem(start, 'expected a metric name');
  const afterName = skipSpace(text, start + metric.length);
  if (afterName === text.length) return { kind: 'selector', selector: { metric, matchers: [] } };
  if (text[afterName] !== '{') return problem(afterName, unexpectedAfter(text[afterName] ?? '', metric));
  const matchers = readMatchers(text, afterName + 1);
  if ('message' in matchers) return problem(matchers.position, matchers.message);
  const rest = skipSpace(text, matchers.end);
  if (rest < text.length) return problem(rest, unexpectedAfter(text[rest] ?? '', 'the selector'));
  return { kind: 'selector', selector: { metric, matchers: matchers.value } };
}

function readMatchers(text: string, from: number): Step<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  let at = skipSpace(text, from);
  while (text[at] !== '}') {
    const matcher = readMatcher(text, at);
    if ('message' in matcher) return matcher;
    matchers.push(matcher.value);
    at = skipSpace(text, matcher.end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] !== '}') return { position: at, message: 'expected , or } after a matcher' };
  }
  return { value: matchers, end: at + 1 };
}

function readMatcher(text: string, from: number): Step<Matcher> {
  const label = /^[a-zA-Z_][a-zA-Z0-9_]*/.exec(text.slice(from))?.[0];
  if (label === undefined) return { position: from, message: 'expected a label name' };
  if (label === '__name__')
    return { position: from, message: 'the metric name stands before the braces, not in __name__' };
  const operatorAt = skipSpace(text, from + label.length);
  const operator = /^(=~|!~|!=|=)/.exec(text.slice(operatorAt))?.[0] as MatcherOperator | undefined;
  if (operator === undefined) return { position: operatorAt, message: `expected =, !=, =~ or !~ after label ${label}` };
  const value = readPromqlString(text, skipSpace(text, operatorAt + operator.length));
  if ('message' in value) return value;
  return { value: { label, operator, value: value.value }, end: value.end };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}

function problem(index: number, message: string): ParsedSelector {
  return { kind: 'problem', position: index + 1, message };
}

function unexpectedAfter(found: string, what: string): string {
  if (found === '[') return `the window is added later: write ${what} without [`;
  if (found === '(') return `expected a selector of a counter, found a call of ${what}: rate and sum are added later`;
  return `expected nothing after ${what}, found ${found}: only a metric name with matchers is understood`;
}
