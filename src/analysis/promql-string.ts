/** A string literal that was read, or where it is wrong (0-based). */
type ReadString =
  | { readonly value: string; readonly end: number }
  | { readonly position: number; readonly message: string };

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Digits that follow `\x`, `\u`, `\U`. `\x` stops at 7f: above it Go means a byte, not a character. */
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Reads a PromQL string (Go's rules: "…" and '…' with escapes, `…` raw) that starts at `from`. */
export function readPromqlString(text: string, from: number): ReadString {
  const quote = text[from];
  if (quote !== '"' && quote !== "'" && quote !== '`') return { position: from, message: 'expected a quoted value' };
  let value = '';
  let at = from + 1;
  while (at < text.length && text[at] !== quote) {
    if (text[at] === '\n' && quote !== '`') break;
    if (text[at] !== '\\' || quote === '`') {
      value += text[at];
      at += 1;
      continue;
    }
    const escaped = readEscape(text, at);
    if (escaped === null)
      return { position: at, message: `unknown escape ${text.slice(at, at + 2)} in a quoted value` };
    value += escaped.value;
    at = escaped.end;
  }
  if (text[at] !== quote) return { position: from, message: `the quoted value has no closing ${quote}` };
  return { value, end: at + 1 };
}

function readEscape(text: string, at: number): { readonly value: string; readonly end: number } | null {
  const letter = text[at + 1] ?? '';
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  const length = hexDigits[letter];
  if (length === undefined) return null;
  const digits = text.slice(at + 2, at + 2 + length);
  if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length) return null;
  const code = Number.parseInt(digits, 16);
  if (code > (letter === 'x' ? 0x7f : 0x10ffff)) return null;
  return { value: String.fromCodePoint(code), end: at + 2 + length };
}

/** A PromQL string literal of any text. `{{` is broken up, so that Argo does not take it for one of its own variables. */
export function quotePromql(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('{{', '{\\x7b');
  return `"${escaped}"`;
}

/** Makes text match itself in an RE2 regular expression. */
export function escapeRe2(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** An RE2 alternation that matches exactly these texts; unique and sorted, so that the same set gives the same query. */
export function anyOf(texts: readonly string[]): string {
  return [...new Set(texts)].sort().map(escapeRe2).join('|');
}

/** A PromQL duration: `2m`, `90s`, `1500ms`. */
export function promqlDuration(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms % 1000 === 0) return `${ms / 1000}s`;
  return `${ms}ms`;
}
