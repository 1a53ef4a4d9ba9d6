/** A Go duration in milliseconds, or why it is none, in Go's words. */
export type DurationReading =
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'invalid'; readonly message: string };

const NS_PER: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Longest duration of Go: about 292 years. */
const MAX_NS = 2n ** 63n - 1n;
const NS_PER_MS = 1e6;
/** Digits behind a point that can change a nanosecond, of the longest unit. */
const FRACTION_DIGITS = 18;

/**
 * Reads `1h30m`, `1.5s`, `-300ms`, `0`.
 *
 * @see Go's time.ParseDuration: no days, a unit after each number.
 */
export function parseGoDuration(text: string): DurationReading {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return { kind: 'duration', ms: 0 };
  if (rest === '') return invalid(`invalid duration ${quote(text)}`);
  let totalNs = 0n;
  while (rest !== '') {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest)!;
    const [whole, digits = '', fraction = '', unit = ''] = part;
    if (digits === '' && fraction === '') return invalid(`invalid duration ${quote(text)}`);
    if (unit === '') return invalid(`missing unit in duration ${quote(text)}`);
    const perUnit = Object.hasOwn(NS_PER, unit) ? NS_PER[unit] : undefined;
    if (perUnit === undefined) return invalid(`unknown unit ${quote(unit)} in duration ${quote(text)}`);
    totalNs += BigInt(digits) * perUnit + fractionNs(fraction, perUnit);
    if (totalNs > MAX_NS) return invalid(`invalid duration ${quote(text)}`);
    rest = rest.slice(whole.length);
  }
  return { kind: 'duration', ms: (Number(totalNs) / NS_PER_MS) * (sign === '-' ? -1 : 1) };
}

function fractionNs(fraction: string, perUnit: bigint): bigint {
  const digits = fraction.slice(0, FRACTION_DIGITS);
  return digits === '' ? 0n : (BigInt(digits) * perUnit) / 10n ** BigInt(digits.length);
}

function invalid(message: string): DurationReading {
  return { kind: 'invalid', message: `time: ${message}` };
}

/** Go's time package quotes by the byte: everything outside printable ASCII as hex. */
function quote(text: string): string {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => {
    const char = String.fromCharCode(byte);
    if (byte >= 0x80 || byte < 0x20) return `\\x${byte.toString(16).padStart(2, '0')}`;
    return char === '"' || char === '\\' ? `\\${char}` : char;
  });
  return `"${bytes.join('')}"`;
}
