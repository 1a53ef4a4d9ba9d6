/** What Go's JSON encoder writes as an escape although JSON does not ask for it. */
const HTML = /[<>&\u2028\u2029]/g;

/** A value as Go's JSON encoder writes it. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const SHORT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** A text as Go's strconv.Quote writes it, without the quotes around it. Not all of its escapes are JSON's. */
export function goQuoted(text: string): string {
  return Array.from(text, quotedChar).join('');
}

function quotedChar(char: string): string {
  const short = SHORT[char];
  if (short !== undefined) return short;
  if (PRINTABLE.test(char)) return char;
  const code = char.codePointAt(0)!;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** The first character after a backslash that JSON does not know, anywhere in a JSON text; `null` when all are known. */
export function firstBadEscape(json: string): string | null {
  for (const [, bad] of json.matchAll(/\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]|(.))/gsu)) if (bad !== undefined) return bad;
  return null;
}
