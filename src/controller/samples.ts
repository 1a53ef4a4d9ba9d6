/** The last few values of something measured. */
export interface Samples {
  add(value: number): void;
  /** The smallest value that at least this share of them does not exceed; `null` when there is none. @param share 0…1 */
  quantile(share: number): number | null;
  count(): number;
}

/** More says nothing about now. */
const KEPT = 64;

/** Keeps the last 64. */
export function createSamples(): Samples {
  const values: number[] = [];
  let sorted: readonly number[] | null = null;
  return {
    add(value) {
      values.push(value);
      if (values.length > KEPT) values.shift();
      sorted = null;
    },
    quantile(share) {
      sorted ??= values.toSorted((a, b) => a - b);
      return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
    },
    count: () => values.length,
  };
}
