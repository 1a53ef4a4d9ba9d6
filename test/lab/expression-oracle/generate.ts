import type { MetricValue } from '../../../src/analysis/expression/metric-value.ts';
import { type Chance, chanceOf } from './chance.ts';
import { generateLiteral, generateMatch } from './generate-words.ts';
import { type Leaves, leavesOf, type Sort, sorts } from './leaves.ts';
import { words } from './words.ts';

const MOST_DEPTH = 4;
/** How often an operand is of another sort than the operator wants. */
const ILL_TYPED = 0.025;

/**
 * An expression of a seed. Most are conditions that make sense for the result; some are of the wrong types, some damaged,
 * some words in a row.
 */
export function generateExpression(seed: number, result: MetricValue): string {
  const chance = chanceOf(seed);
  const writer: Writer = { chance, leaves: leavesOf(result) };
  const way = chance.below(100);
  if (way < 74) return expression(writer, 'bool', 0);
  if (way < 80) return generateMatch(chance);
  if (way < 84) return generateLiteral(chance);
  if (way < 92) return expression(writer, chance.pick(sorts), 0);
  if (way < 97) return damaged(expression(writer, chance.pick(sorts), 2), chance);
  return Array.from({ length: 1 + chance.below(8) }, () => chance.pick(words)).join(chance.pick(['', ' ']));
}

/** Chance, and what there is to write of the result at hand. */
interface Writer {
  readonly chance: Chance;
  readonly leaves: Leaves;
}

function expression(writer: Writer, meant: Sort, depth: number): string {
  const { chance, leaves } = writer;
  const sort = chance.happens(ILL_TYPED) ? chance.pick(sorts) : meant;
  const isLeaf = depth >= MOST_DEPTH || chance.happens(0.1 + depth * 0.15);
  const text = isLeaf ? chance.pick(leaves[sort]) : compound(writer, sort, depth + 1);
  return isLeaf || chance.happens(0.15) ? text : `(${text})`;
}

function compound(writer: Writer, sort: Sort, depth: number): string {
  const { chance } = writer;
  const of = (meant: Sort) => expression(writer, meant, depth);
  const closure = (meant: Sort) => closureOf(writer, meant, depth);
  const chosen = chance.below(10);
  switch (sort) {
    case 'bool':
      return compoundBool(chance, of, closure);
    case 'number':
      if (chosen < 5) return `${of('number')} ${chance.pick(['+', '-', '*', '/', '**', '^'])} ${of('number')}`;
      if (chosen < 6) return `${chance.pick(['-', '+', '- -'])}${of('number')}`;
      if (chosen < 7) return `${chance.pick(['asFloat', 'asInt'])}(${of('number')})`;
      if (chosen < 8) return `find(${of('list')}, ${closure('bool')})`;
      if (chosen < 9) return `${of('list')}[${of('whole')}]`;
      return choice(chance, of, 'number');
    case 'whole':
      if (chosen < 4) return `${of('whole')} ${chance.pick(['+', '-', '*', '%'])} ${of('whole')}`;
      if (chosen < 6) return `${chance.pick(['count', 'findIndex'])}(${of('list')}, ${closure('bool')})`;
      if (chosen < 8) return `len(${of(chance.pick(['list', 'text']))})`;
      if (chosen < 9) return `asInt(${of(chance.pick(['number', 'text']))})`;
      return choice(chance, of, 'whole');
    case 'text':
      if (chosen < 4) return `${of('text')} + ${of('text')}`;
      if (chosen < 7) return `(${of('text')})[${of('whole')}:${chance.pick(['', of('whole')])}]`;
      return choice(chance, of, 'text');
    case 'list':
      if (chosen < 3) return `[${of('any')}, ${of('any')}]`;
      if (chosen < 4) return `${chance.pick(['1', '-1', '0', of('whole')])}..${chance.pick(['3', '10', of('whole')])}`;
      if (chosen < 6) return `filter(${of('list')}, ${closure('bool')})`;
      if (chosen < 8) return `map(${of('list')}, ${closure('any')})`;
      if (chosen < 9) return `${of('list')}[${chance.pick(['', of('whole')])}:${chance.pick(['', of('whole')])}]`;
      return choice(chance, of, 'list');
    case 'any':
      if (chosen < 3) return `default(${of('any')}, ${of('any')})`;
      if (chosen < 5) return `(${of('any')} ?? ${of('any')})`;
      if (chosen < 7) return `${of('any')}${chance.pick(['.a', '?.a', '?.a.b', '.value', '[0]', '["ok"]', '[-1]'])}`;
      if (chosen < 8) return `{a: ${of('any')}, "ok": ${of('any')}, 1: ${of('number')}}`;
      return expression(writer, chance.pick(sorts), depth);
  }
}

function compoundBool(chance: Chance, of: (meant: Sort) => string, closure: (meant: Sort) => string): string {
  switch (chance.below(9)) {
    case 0:
    case 1:
    case 2:
      return `${of('number')} ${chance.pick(['<', '>', '<=', '>=', '==', '!='])} ${of('number')}`;
    case 3:
      return `${of('bool')} ${chance.pick(['and', 'or', '&&', '||', '==', '!='])} ${of('bool')}`;
    case 4:
      return `${chance.pick(['not ', '!', 'not not '])}${of('bool')}`;
    case 5:
      return `${of('text')} ${chance.pick(['contains', 'startsWith', 'endsWith', 'not contains', 'matches', '<', '==', 'in'])} ${of('text')}`;
    case 6:
      return `${of('any')} ${chance.pick(['in', 'not in', '==', '!='])} ${of(chance.pick(['list', 'any']))}`;
    case 7:
      return `${chance.pick(['all', 'any', 'none', 'one'])}(${of('list')}, ${closure('bool')})`;
    default:
      return choice(chance, of, 'bool');
  }
}

function choice(chance: Chance, of: (meant: Sort) => string, sort: Sort): string {
  return chance.happens(0.1) ? `${of('bool')} ?: ${of(sort)}` : `${of('bool')} ? ${of(sort)} : ${of(sort)}`;
}

function closureOf(writer: Writer, meant: Sort, depth: number): string {
  const { chance, leaves } = writer;
  const element = chance.pick(['#', '#', '#', '#', '#', '(# * 2)', '.value', '#.name', '#[0]', 'asFloat(#)']);
  const bound = chance.pick(chance.happens(0.8) ? ['1', '0.5', '2', '0.97', '0'] : leaves.number);
  const comparison = `${element} ${chance.pick(['>', '<', '==', '!=', '>=', '<='])} ${bound}`;
  const others = [`${element} in [1, 2, 3]`, expression(writer, meant, depth + 1), comparison];
  const ofAny = [
    ...others,
    element,
    `${element} ${chance.pick(['+', '/', '*', '%'])} ${bound}`,
    '#index',
    `[#, ${element}]`,
  ];
  const body = chance.pick(meant === 'bool' && chance.happens(0.9) ? [comparison, ...others] : ofAny);
  return chance.happens(0.2) ? `{${body}}` : body;
}

/** A character taken out, doubled, or put in from elsewhere. */
function damaged(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const cut = chance.below(3);
  const inserted = chance.happens(0.6) ? chance.pick(words) : '';
  return text.slice(0, at) + inserted + text.slice(at + cut);
}
