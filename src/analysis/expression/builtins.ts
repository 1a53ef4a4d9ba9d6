import type { FunctionName, PredicateName } from './syntax-tree.ts';

const predicateNames: ReadonlySet<string> = new Set<PredicateName>([
  'all',
  'none',
  'any',
  'one',
  'filter',
  'map',
  'count',
  'find',
  'findIndex',
]);

const functionNames: ReadonlySet<string> = new Set<FunctionName>([
  'asInt',
  'asFloat',
  'isNaN',
  'isInf',
  'isNil',
  'default',
]);

const unsupportedNames: ReadonlySet<string> = new Set(
  (
    'findLast findLastIndex groupBy reduce type abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter replace repeat ' +
    'join indexOf lastIndexOf hasPrefix hasSuffix max min sum mean median toJSON fromJSON toBase64 fromBase64 now duration date ' +
    'first last get take keys values toPairs fromPairs sort sortBy'
  ).split(' '),
);

/** Whether the name is a builtin that takes an array and a closure. */
export function isPredicateName(name: string): name is PredicateName {
  return predicateNames.has(name);
}

/** Whether the name is one of Argo's own functions. */
export function isFunctionName(name: string): name is FunctionName {
  return functionNames.has(name);
}

/** Whether Argo knows a builtin of this name and we do not. */
export function isUnsupportedBuiltin(name: string): boolean {
  return unsupportedNames.has(name);
}

/** Whether the name is a function's, of whatever sort. */
export function isCallable(name: string): boolean {
  return name === 'len' || isPredicateName(name) || isFunctionName(name) || isUnsupportedBuiltin(name);
}
