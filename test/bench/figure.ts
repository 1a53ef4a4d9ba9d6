/** A measured number and what it should be. */
export interface Figure {
  readonly name: string;
  /** `null` when it could not be measured; the note says why. */
  readonly value: number | null;
  readonly unit: string;
  /** `null` when the figure only stands beside another. */
  readonly bar: number | null;
  /** `null` without a bar or a value. */
  readonly ok: boolean | null;
  /** What was measured, in a few words; may be empty. */
  readonly note: string;
}

/** A figure that must not exceed its bar. */
export function atMost(bar: number, name: string, value: number, unit: string, note = ''): Figure {
  return { name, value: rounded(value), unit, bar, ok: value <= bar, note };
}

/** A figure that must stay strictly below its bar. */
export function below(bar: number, name: string, value: number, unit: string, note = ''): Figure {
  return { name, value: rounded(value), unit, bar, ok: value < bar, note };
}

/** A figure that must reach its bar. */
export function atLeast(bar: number, name: string, value: number, unit: string, note = ''): Figure {
  return { name, value: rounded(value), unit, bar, ok: value >= bar, note };
}

/** A figure to compare others with. */
export function beside(name: string, value: number, unit: string, note = ''): Figure {
  return { name, value: rounded(value), unit, bar: null, ok: null, note };
}

/** What could not be measured here, and why. */
export function unmeasured(name: string, unit: string, bar: number | null, note: string): Figure {
  return { name, value: null, unit, bar, ok: null, note };
}

/** The middle one of several runs of one figure, by value; a run that could not be measured speaks for all. */
export function medianFigure(runs: readonly Figure[]): Figure {
  const failed = runs.find((one) => one.value === null);
  if (failed !== undefined) return failed;
  const sorted = runs.toSorted((a, b) => a.value! - b.value!);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Three significant digits below 1 000; whole numbers above. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
