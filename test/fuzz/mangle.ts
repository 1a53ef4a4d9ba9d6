import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../simulation/random.ts';

const WAVES = fileURLToPath(new URL('../../waves/', import.meta.url));

/** The documents that are shipped, good ones all. */
export const goodDocuments: readonly string[] = readdirSync(WAVES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .sort()
  .flatMap((path) => readFileSync(join(WAVES, path), 'utf8').split(/^---$/m));

/** What parsers and checks stumble over. */
const ODD: readonly string[] = [
  '&a ',
  '*a',
  '<<: *a',
  '<<: [*a, *a]',
  '? ',
  '!!int ',
  '!!binary ',
  '!<tag:x> ',
  '| ',
  '>-\n',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '- ',
  ': ',
  ':',
  '#',
  ',',
  '\n',
  '\t',
  '\r',
  '  ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '~',
  'null',
  'true',
  '.nan',
  '-.inf',
  '-0',
  '0x7fffffffffffffff',
  '1e999',
  '9'.repeat(400),
  '0o777',
  '12:30:45',
  '2026-02-30',
  '__proto__',
  'constructor',
  'toString',
  'prototype',
  '../../etc/passwd',
  '${tenant.name}',
  '${',
  '${__proto__}',
  '100%',
  '101%',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\u{1f600}',
  'x'.repeat(5000),
  '['.repeat(60),
  '{a: '.repeat(60),
  '1h'.repeat(30),
  '999999h',
  '(a+)+$',
  '',
];

type Random = () => number;
const whole = (random: Random, below: number): number => Math.floor(random() * below);
const oneOf = <T>(random: Random, from: readonly T[]): T => from[whole(random, from.length)]!;

type Damage = (text: string, random: Random) => string;

/** A text without, with other, or with more characters at some place. */
function splice(text: string, random: Random, by: string, longest: number): string {
  const start = whole(random, text.length + 1);
  return text.slice(0, start) + by + text.slice(start + whole(random, longest));
}

/** Some lines of a text, taken from it in one piece. */
function piece(text: string, random: Random): string {
  const lines = text.split('\n');
  const start = whole(random, lines.length);
  return lines.slice(start, start + 1 + whole(random, 8)).join('\n');
}

/** The text with the value of one of its fields replaced. */
function replaceValue(text: string, random: Random, by: string): string {
  const values = [...text.matchAll(/: ([^\s{[][^\n,}]*)/g)];
  if (values.length === 0) return text + by;
  const { index, 1: value = '' } = oneOf(random, values);
  return `${text.slice(0, index + 2)}${by}${text.slice(index + 2 + value.length)}`;
}

const damages: readonly Damage[] = [
  (text, random) => splice(text, random, oneOf(random, ODD), 1),
  (text, random) => splice(text, random, oneOf(random, ODD), 20),
  (text, random) => splice(text, random, '', 200),
  (text, random) => splice(text, random, String.fromCodePoint(whole(random, 0x3000)), 2),
  (text, random) => splice(text, random, piece(text, random), 1),
  (text, random) => splice(text, random, piece(oneOf(random, goodDocuments), random), 100),
  (text, random) => replaceValue(text, random, oneOf(random, ODD)),
  (text, random) => replaceValue(text, random, oneOf(random, ODD)),
  (text, random) => text.replaceAll(/^( +)/gm, (spaces) => (random() < 0.1 ? `${spaces} ` : spaces)),
  (text, random) => `${text}\n---\n${oneOf(random, goodDocuments)}`,
];

/** The document of a seed: always the same. */
export function mangled(seed: number): string {
  const random = createRandom(seed);
  let text = oneOf(random, goodDocuments);
  for (let left = 1 + whole(random, 4); left > 0; left -= 1) text = oneOf(random, damages)(text, random);
  return text;
}
