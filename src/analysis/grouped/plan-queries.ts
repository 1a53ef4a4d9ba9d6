import { type AddedMatchers, addMatchers } from '../query/add-matchers.ts';
import { argumentsIn, fillArguments, offsetBeforeFilling } from './arguments.ts';
import { type GroupedQuery, groupQuery } from './group-query.ts';
import { expandMatchers, wholeName } from './matcher-arguments.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { labelValues, type QueryArguments } from './write-query.ts';

/** Whom a query is asked for. */
export interface QueryTarget {
  /** Unique among those that are asked together. */
  readonly id: string;
  /** A value for each argument of the query. */
  readonly args: QueryArguments;
}

/** Targets that one query answers, in chunks. */
export interface PlannedGroup {
  readonly query: GroupedQuery;
  readonly targets: readonly PlannedTarget[];
}

/** A target and its values of the query's labels. */
export interface PlannedTarget {
  readonly target: QueryTarget;
  readonly values: readonly string[];
}

/** How all targets of a query are asked. */
export interface QueryPlan {
  readonly groups: readonly PlannedGroup[];
  /** Those that are asked by themselves. */
  readonly singles: readonly QueryTarget[];
  /** Why some are asked by themselves; `null` where none is, or only a single target is left in its part. */
  readonly refusal: Refusal | null;
  /** Targets without a value for an argument of the query. */
  readonly unanswerable: readonly { readonly id: string; readonly message: string }[];
}

/** In parts of fewer targets on average a query per part is hardly better than one per target. */
const MIN_TARGETS_PER_PART = 2;

/**
 * Says how a query is asked for many targets. Arguments that are the same for all are filled in first. Where an argument stands in the
 * way of one query for all (a threshold, a second hash in a comparison), targets that share its value are asked together.
 *
 * @param added matchers that every selector gets, as `ownQuery` adds them
 */
export function planQueries(query: string, targets: readonly QueryTarget[], added: AddedMatchers = {}): QueryPlan {
  const names = argumentsIn(query);
  const missingOf = ({ args }: QueryTarget) => names.find((name) => !Object.hasOwn(args, name));
  const unanswerable = targets.flatMap((target) => {
    const name = missingOf(target);
    return name === undefined ? [] : [{ id: target.id, message: `argument ${name} has no value: give it one` }];
  });
  const answerable = targets.filter((target) => missingOf(target) === undefined);
  return { ...planPart({ query, added }, {}, answerable), unanswerable };
}

/** The query for one target alone. What cannot be taken apart goes without the matchers, for the server to refuse in its own words. */
export function ownQuery(query: string, { args }: QueryTarget, added: AddedMatchers = {}): string {
  const own = fillArguments(query, args);
  const matched = addMatchers(own, added);
  return typeof matched === 'string' ? matched : own;
}

/** Whether a query without arguments answers with a scalar, as Prometheus' conditions tell it from a vector. */
export function answersScalar(query: string): boolean {
  const read = groupQuery(query);
  return !isRefusal(read) && read.answer === 'scalar';
}

type Part = Omit<QueryPlan, 'unanswerable'>;

/** What is planned. */
interface Planned {
  readonly query: string;
  readonly added: AddedMatchers;
}

/** Targets that share these values, filled in already. */
function planPart(planned: Planned, values: QueryArguments, targets: readonly QueryTarget[]): Part {
  const [first, ...others] = targets;
  if (first === undefined || others.length === 0) return { groups: [], singles: targets, refusal: null };
  const names = argumentsIn(planned.query);
  const shared = names.filter((name) => others.every(({ args }) => args[name] === first.args[name]));
  const common = { ...values, ...Object.fromEntries(shared.map((name) => [name, first.args[name]!])) };
  const varying = names.filter((name) => !Object.hasOwn(common, name));
  const expanded = expandMatchers(varying, targets);
  const grouped = groupFilled(planned, { ...common, ...expanded.written });
  if (!isRefusal(grouped)) return planGroup(grouped, expanded.targets, targets);
  const parts = partition(targets, grouped.argNames);
  if (parts.length < 2 || parts.length * MIN_TARGETS_PER_PART > targets.length) {
    return { groups: [], singles: targets, refusal: grouped };
  }
  return together(parts.map((part) => planPart(planned, common, part)));
}

/** A refusal speaks of columns and arguments of the query as it was given. */
function groupFilled({ query, added }: Planned, values: QueryArguments): GroupedQuery | Refusal {
  const filled = fillArguments(query, values);
  const grouped = groupQuery(filled);
  if (!isRefusal(grouped)) {
    const matched = addMatchers(filled, added);
    return typeof matched === 'string' ? groupQuery(matched) : matched;
  }
  const position = offsetBeforeFilling(query, values, grouped.position - 1) + 1;
  return { ...grouped, position, argNames: [...new Set(grouped.argNames.map(wholeName))] };
}

function planGroup(query: GroupedQuery, expanded: readonly QueryTarget[], targets: readonly QueryTarget[]): Part {
  const planned: PlannedTarget[] = [];
  const singles: QueryTarget[] = [];
  for (const [index, target] of targets.entries()) {
    const values = labelValues(query, expanded[index]?.args ?? target.args);
    if (values === null) singles.push(target);
    else planned.push({ target, values });
  }
  return { groups: planned.length === 0 ? [] : [{ query, targets: planned }], singles, refusal: null };
}

function partition(targets: readonly QueryTarget[], names: readonly string[]): readonly (readonly QueryTarget[])[] {
  const parts = new Map<string, QueryTarget[]>();
  for (const target of targets) {
    const key = JSON.stringify(names.map((name) => target.args[name] ?? null));
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [target]);
    else part.push(target);
  }
  return [...parts.values()];
}

function together(parts: readonly Part[]): Part {
  return {
    groups: parts.flatMap(({ groups }) => groups),
    singles: parts.flatMap(({ singles }) => singles),
    refusal: parts.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}
