import type { MetricValue } from '../expression/metric-value.ts';

const NUMBER = /^(NaN|[+-]Inf|-?\d+(\.\d+)?)$/;

/** Reads a value as Argo notes it, `0.97` or `[0.97,NaN]`, the other way of `valueText`; `null` when it is neither. */
export function readValueText(text: string): MetricValue | null {
  if (NUMBER.test(text)) return { kind: 'scalar', value: numberOf(text) };
  if (text === '[]') return { kind: 'vector', values: [] };
  const items = /^\[(.*)\]$/.exec(text)?.[1]?.split(',');
  if (items === undefined || !items.every((item) => NUMBER.test(item))) return null;
  return { kind: 'vector', values: items.map(numberOf) };
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
