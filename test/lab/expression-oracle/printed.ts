import { elementAt, type GoValue } from '../../../src/analysis/expression/go-value.ts';

/** A value with the types of all its parts, spelled as the oracle spells it. */
export function printed(value: GoValue): string {
  if (value === null) return '<nil>:<nil>';
  switch (typeof value) {
    case 'boolean':
      return `bool:${value}`;
    case 'bigint':
      return `int:${value}`;
    case 'number':
      return `float64:${bits(value)}`;
    case 'string':
      return `string:${hex(value)}`;
    default:
      break;
  }
  if (value.kind === 'integer') return `${value.type}:${value.value}`;
  if (value.kind === 'slice') {
    const items = Array.from({ length: value.length }, (_, index) => printed(elementAt(value, index)));
    return `[]${value.elem === 'any' ? 'interface {}' : value.elem}[${items.join(' ')}]`;
  }
  const names = [...value.entries.keys()].sort();
  return `map[${names.map((name) => `${hex(name)}=${printed(value.entries.get(name) ?? null)}`).join(' ')}]`;
}

/** NaN has many spellings in bits, all are one to us. */
function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return Number.isNaN(value) ? 'NaN' : view.getBigUint64(0).toString(16).padStart(16, '0');
}

function hex(bytes: string): string {
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
