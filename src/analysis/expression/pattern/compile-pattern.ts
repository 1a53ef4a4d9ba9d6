import { assertNever } from '../../../domain/assert-never.ts';
import { tooLarge } from '../expression-error.ts';
import { MAX_PATTERN_STATES } from '../limits.ts';
import type { Pattern, PatternNode, State } from './pattern.ts';

/** The automaton of a pattern. @throws {ExpressionError} `TooLarge` past the limit of states */
export function compilePattern(root: PatternNode, position: number): Pattern {
  const states: State[] = [];
  const add = (state: State): number => {
    if (states.length >= MAX_PATTERN_STATES) {
      const message = `the regular expression needs more than ${MAX_PATTERN_STATES} states: repeat less`;
      throw tooLarge(message, position);
    }
    states.push(state);
    return states.length - 1;
  };
  const found = add({ kind: 'found' });
  return { start: build(root, found, states, add), states };
}

/** Adds the states of a node, each before the one it leads to, and gives the first. */
function build(node: PatternNode, next: number, states: State[], add: (state: State) => number): number {
  switch (node.kind) {
    case 'empty':
      return next;
    case 'point':
      return add({ kind: 'point', test: node.test, next });
    case 'assertion':
      return add({ kind: 'assertion', assertion: node.assertion, next });
    case 'sequence':
      return node.parts.reduceRight((after, part) => build(part, after, states, add), next);
    case 'either':
      return add({ kind: 'fork', next: node.options.map((option) => build(option, next, states, add)) });
    case 'repeat':
      return buildRepeat(node, next, states, add);
    default:
      return assertNever(node);
  }
}

function buildRepeat(
  node: Extract<PatternNode, { kind: 'repeat' }>,
  next: number,
  states: State[],
  add: (state: State) => number,
): number {
  let first = next;
  if (node.most === null) {
    first = add({ kind: 'fork', next: [next] });
    states[first] = { kind: 'fork', next: [build(node.part, first, states, add), next] };
  } else {
    for (let more = node.most - node.least; more > 0; more -= 1) {
      first = add({ kind: 'fork', next: [build(node.part, first, states, add), next] });
    }
  }
  for (let times = node.least; times > 0; times -= 1) first = build(node.part, first, states, add);
  return first;
}
