import type { PointTest } from './pattern.ts';

const isDigit: PointTest = (point) => point >= 0x30 && point <= 0x39;
const isUpper: PointTest = (point) => point >= 0x41 && point <= 0x5a;
const isLower: PointTest = (point) => point >= 0x61 && point <= 0x7a;
const isAlpha: PointTest = (point) => isUpper(point) || isLower(point);
const isWord: PointTest = (point) => isDigit(point) || isAlpha(point) || point === 0x5f;
const isOneOf =
  (characters: string): PointTest =>
  (point) =>
    point < 128 && characters.includes(String.fromCharCode(point));

/** Go's `\d`, `\s`, `\w`: of ASCII only, and without the vertical tab. */
export const perlClasses: Readonly<Record<string, PointTest>> = {
  d: isDigit,
  s: isOneOf('\t\n\f\r '),
  w: isWord,
};

/** `[:alpha:]` and its like, of ASCII only. */
export const posixClasses: Readonly<Record<string, PointTest>> = {
  alnum: (point) => isDigit(point) || isAlpha(point),
  alpha: isAlpha,
  ascii: (point) => point <= 0x7f,
  blank: isOneOf('\t '),
  cntrl: (point) => point <= 0x1f || point === 0x7f,
  digit: isDigit,
  graph: (point) => point >= 0x21 && point <= 0x7e,
  lower: isLower,
  print: (point) => point >= 0x20 && point <= 0x7e,
  punct: (point) => point >= 0x21 && point <= 0x7e && !isDigit(point) && !isAlpha(point),
  space: isOneOf('\t\n\v\f\r '),
  upper: isUpper,
  word: isWord,
  xdigit: isOneOf('0123456789abcdefABCDEF'),
};

/** One code point. */
export const pointIs =
  (wanted: number): PointTest =>
  (point) =>
    point === wanted;

/** The code points from one to another. */
export const pointFrom =
  (first: number, last: number): PointTest =>
  (point) =>
    point >= first && point <= last;

/** All others. */
export const not =
  (test: PointTest): PointTest =>
  (point) =>
    !test(point);

/** Also those that differ in case only. */
export function ignoringCase(test: PointTest): PointTest {
  return (point) => variantsOf(point).some(test);
}

function variantsOf(point: number): readonly number[] {
  const character = String.fromCodePoint(point);
  const upper = character.toUpperCase();
  const lower = character.toLowerCase();
  return [character, upper, lower, upper.toLowerCase(), lower.toUpperCase()].flatMap((variant) => {
    const [first, ...rest] = variant;
    return first === undefined || rest.length > 0 ? [] : [first.codePointAt(0) ?? 0];
  });
}

/** The test of a Unicode category or script such as `L`, `Lu`, `Greek`; `null` if the name is none that both languages know. */
export function unicodeClass(name: string): PointTest | null {
  if (name === 'Any') return () => true;
  const property = /^[A-Z][a-z]?$/.test(name)
    ? `gc=${name}`
    : /^[A-Z][a-z]+(_[A-Z][a-z]+)*$/.test(name)
      ? `sc=${name}`
      : '';
  if (property === '') return null;
  try {
    const test = new RegExp(`^\\p{${property}}$`, 'u');
    return (point) => test.test(String.fromCodePoint(point));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
