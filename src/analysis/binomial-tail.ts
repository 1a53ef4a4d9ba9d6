/**
 * P(X ≥ k) of a binomial variable: the chance that `n` trials that each fail with probability `p` give `k` failures or more.
 *
 * Exact up to floating point (relative error below 1e-7 for n ≤ 1e7): the likeliest term of the tail in Loader's saddle-point form, then
 * its neighbours by their ratio, all positive and falling, so nothing cancels. Takes O(√n) terms.
 *
 * @param k failures, an integer; `k ≤ 0` gives 1, `k > n` gives 0
 * @param n trials, an integer ≥ 0
 * @param p chance of one failure, 0…1
 * @see C. Loader, Fast and accurate computation of binomial probabilities, 2000
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  // Sum away from the mean, so that the first term is the largest.
  if (k > n * p) return Math.min(1, probability(k, n, p) * risingSum(k, n, p / (1 - p)));
  return Math.max(0, 1 - probability(k - 1, n, p) * risingSum(n - k + 1, n, (1 - p) / p));
}

/** 1 + P(k+1)/P(k) + P(k+2)/P(k) + …; the lower tail is the same sum with failures and successes swapped. */
function risingSum(k: number, n: number, odds: number): number {
  let term = 1;
  let sum = 1;
  for (let i = k; i < n && term > sum * Number.EPSILON; i += 1) {
    term *= ((n - i) / (i + 1)) * odds;
    sum += term;
  }
  return sum;
}

/** P(X = k). */
function probability(k: number, n: number, p: number): number {
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  const error = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const deviance = deviancePart(k, n * p) + deviancePart(n - k, n * (1 - p));
  return Math.sqrt(n / (2 * Math.PI * k * (n - k))) * Math.exp(error - deviance);
}

function deviancePart(x: number, mean: number): number {
  return x * Math.log(x / mean) + mean - x;
}

/** ln(n!) minus Stirling's approximation of it. */
function stirlingError(n: number): number {
  if (n <= 15) {
    let logFactorial = 0;
    for (let i = 2; i <= n; i += 1) logFactorial += Math.log(i);
    return logFactorial - ((n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI));
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / n;
}
