import { textOfBytes } from './byte-text.ts';
import { elementAt, type GoValue } from './go-value.ts';

/** How many elements of an array or a map are printed at most. */
const MAX_PRINTED = 100;

/** A value as Go prints it, for messages; long arrays are cut. */
export function goPrint(value: GoValue, depth = 0): string {
  if (value === null) return '<nil>';
  if (typeof value === 'number') return goFloatText(value);
  if (typeof value === 'string') return textOfBytes(value);
  if (typeof value !== 'object') return String(value);
  if (value.kind === 'integer') return String(value.value);
  if (depth > 4) return '…';
  if (value.kind === 'map') {
    const entries = [...value.entries].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_PRINTED);
    return `map[${entries.map(([name, item]) => `${textOfBytes(name)}:${goPrint(item, depth + 1)}`).join(' ')}]`;
  }
  const length = Math.min(value.length, MAX_PRINTED);
  return `[${Array.from({ length }, (_, index) => goPrint(elementAt(value, index), depth + 1)).join(' ')}]`;
}

/** A float64 in the fewest digits; very small and very large ones with an exponent of two digits. */
export function goFloatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
}
