/** `1 904`: groups of three, for people. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

/** Two shares (0…1) as percent, with three significant digits, or as many more (up to six) as it takes to show that they differ. */
export function formatShares(first: number, second: number): readonly [string, string] {
  for (let digits = 3; digits < 6; digits += 1) {
    const texts = [formatPercent(first, digits), formatPercent(second, digits)] as const;
    if (first === second || texts[0] !== texts[1]) return texts;
  }
  return [formatPercent(first, 6), formatPercent(second, 6)];
}

/** `31.2 %`, without trailing zeros or exponent. */
function formatPercent(ratio: number, digits: number): string {
  const percent = Number((ratio * 100).toPrecision(digits));
  const text = percent === 0 || percent >= 1e-6 ? String(percent) : percent.toFixed(12);
  return `${text} %`;
}
