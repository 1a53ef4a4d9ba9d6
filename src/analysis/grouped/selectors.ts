import { argumentsIn } from './arguments.ts';
import { childNamed, type PromqlNode } from './promql-tree.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import { addSource, type GroupSource, type Rewriting } from './rewriting.ts';
import type { GroupStatus, VectorShape } from './shape.ts';

/** Finds the matchers with arguments; an argument anywhere else is refused. */
export function findSources(root: PromqlNode): ReadonlyMap<string, GroupSource> | Refusal {
  const sources = new Map<string, GroupSource>();
  const refusal = collect(root, sources);
  return refusal ?? sources;
}

function collect(node: PromqlNode, sources: Map<string, GroupSource>): Refusal | null {
  if (node.name === 'StringLiteral' && argumentsIn(node.text).length > 0) {
    const argNames = argumentsIn(node.text);
    return refuse(
      'ArgumentOutsideMatcher',
      node.from,
      `argument ${argNames.join(' and ')} differs per target and stands in a text that is no matcher's value`,
      argNames,
    );
  }
  if (node.name === 'UnquotedLabelMatcher') {
    const source = readMatcher(node);
    if (source === null) return null;
    const added = isRefusal(source) ? source : addSource(sources, source, node);
    return isRefusal(added) ? added : null;
  }
  for (const child of node.children) {
    const refusal = collect(child, sources);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** `null` for a matcher without an argument. */
function readMatcher(matcher: PromqlNode): GroupSource | Refusal | null {
  const literal = childNamed(matcher, 'StringLiteral')?.text ?? '';
  const argNames = argumentsIn(literal);
  if (argNames.length === 0) return null;
  const label = childNamed(matcher, 'LabelName')?.text ?? '';
  const operator = childNamed(matcher, 'MatchOp')?.text;
  if (label === '__name__') {
    return refuse('ArgumentOutsideMatcher', matcher.from, 'the name of the metric differs per target', argNames);
  }
  if (operator === '=~') {
    const message = `label ${label} is compared by a regular expression that differs per target: compare it with =`;
    return refuse('ArgumentInRegex', matcher.from, message, argNames);
  }
  if (operator !== '=') {
    const message = `label ${label} is compared by ${operator ?? ''} with a value that differs per target: each row would be in many groups`;
    return refuse('ArgumentNegated', matcher.from, message, argNames);
  }
  return { hole: { kind: 'hole', label, literal }, argNames };
}

/** A selector gives its labels as they are: nothing is dropped. */
export function selectorShape(selector: PromqlNode, rewriting: Rewriting): VectorShape | Refusal {
  const groups = new Map<string, GroupStatus>();
  for (const matcher of childNamed(selector, 'LabelMatchers')?.children ?? []) {
    const source = matcher.name === 'UnquotedLabelMatcher' ? readMatcher(matcher) : null;
    if (source === null) continue;
    if (isRefusal(source)) return source;
    const { label } = source.hole;
    if (groups.has(label)) {
      return refuse(
        'ArgumentsDiffer',
        matcher.from,
        `label ${label} is compared twice with arguments`,
        source.argNames,
      );
    }
    groups.set(label, 'kept');
    const operator = childNamed(matcher, 'MatchOp');
    rewriting.edits.push({ from: operator?.from ?? matcher.from, to: matcher.to, insert: source.hole });
  }
  return { kind: 'vector', groups, labels: 'any' };
}
