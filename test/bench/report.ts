import type { Figure } from './figure.ts';

const WIDTHS = { name: 46, value: 10, unit: 16, bar: 8, ok: 6 } as const;

/** The head of the table. */
export function headerRow(): string {
  return row('name', 'value', 'unit', 'bar', 'ok', '');
}

/** One figure as a row of the table. */
export function figureRow({ name, value, unit, bar, ok, note }: Figure): string {
  return row(name, value === null ? '-' : String(value), unit, bar === null ? '-' : String(bar), okText(ok), note);
}

/** The last line for machines. */
export function jsonLine(figures: readonly Figure[]): string {
  const results = figures.map(({ note, ...figure }) => (note === '' ? figure : { ...figure, note }));
  return JSON.stringify({ results });
}

function row(name: string, value: string, unit: string, bar: string, ok: string, note: string): string {
  const cells = [
    name.padEnd(WIDTHS.name),
    value.padStart(WIDTHS.value),
    unit.padEnd(WIDTHS.unit),
    bar.padStart(WIDTHS.bar),
    ok.padEnd(WIDTHS.ok),
    note,
  ];
  return cells.join('  ').trimEnd();
}

function okText(ok: boolean | null): string {
  if (ok === null) return '-';
  return ok ? 'ok' : 'MISSED';
}
