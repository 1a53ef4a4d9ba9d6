/**
 * `x ** y` as Go computes it, to the last bit for whole and half exponents: squares of the mantissa are multiplied up, exponents are
 * counted apart. JavaScript's own rounds otherwise, and calls `1 ** NaN` NaN.
 */
export function power(x: number, y: number): number {
  const special = specialPower(x, y);
  if (special !== null) return special;
  let whole = Math.trunc(Math.abs(y));
  let fraction = Math.abs(y) - whole;
  if (fraction !== 0 && x < 0) return Number.NaN;
  if (whole >= 2 ** 63) return Math.abs(x) < 1 === y > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (fraction > 0.5) {
    fraction -= 1;
    whole += 1;
  }
  const start = fraction === 0 ? 1 : Math.exp(fraction * Math.log(x));
  const { mantissa, exponent } = multiplied(x, whole, start);
  return y < 0 ? scaled(1 / mantissa, -exponent) : scaled(mantissa, exponent);
}

function specialPower(x: number, y: number): number | null {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === -1 && !Number.isFinite(y)) return 1;
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return x ** y;
  if (y === 0.5) return Math.sqrt(x);
  if (y === -0.5) return 1 / Math.sqrt(x);
  return x === -1 && Math.abs(y) >= 2 ** 63 ? 1 : null;
}

/** Past this exponent the result is 0 or infinite whatever follows. */
const FAR_EXPONENT = 2 ** 12;

function multiplied(x: number, times: number, start: number): { readonly mantissa: number; readonly exponent: number } {
  let { mantissa: square, exponent: squareExponent } = taken(x);
  let mantissa = start;
  let exponent = 0;
  for (let rest = BigInt(times); rest !== 0n; rest >>= 1n) {
    if (Math.abs(squareExponent) > FAR_EXPONENT) return { mantissa, exponent: exponent + squareExponent };
    if ((rest & 1n) === 1n) {
      mantissa *= square;
      exponent += squareExponent;
    }
    square *= square;
    squareExponent *= 2;
    if (square < 0.5) {
      square *= 2;
      squareExponent -= 1;
    }
  }
  return { mantissa, exponent };
}

const view = new DataView(new ArrayBuffer(8));
const EXPONENT_BITS = 0x7ffn;
const EXPONENT_SHIFT = 52n;
/** The biased exponent of numbers in [0.5, 1). */
const HALF = 1022;
/** Lifts the least numbers to where they have a whole mantissa. */
const LIFT = 54;

/** `x` as mantissa × 2^exponent, the mantissa in ±[0.5, 1). */
function taken(x: number): { readonly mantissa: number; readonly exponent: number } {
  if (x === 0 || !Number.isFinite(x)) return { mantissa: x, exponent: 0 };
  if (Math.abs(x) < 2 ** -1022) {
    const lifted = taken(x * 2 ** LIFT);
    return { mantissa: lifted.mantissa, exponent: lifted.exponent - LIFT };
  }
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> EXPONENT_SHIFT) & EXPONENT_BITS) - HALF;
  view.setBigUint64(0, (bits & ~(EXPONENT_BITS << EXPONENT_SHIFT)) | (BigInt(HALF) << EXPONENT_SHIFT));
  return { mantissa: view.getFloat64(0), exponent };
}

/** mantissa × 2^exponent, rounded once. */
function scaled(value: number, by: number): number {
  const { mantissa, exponent } = taken(value);
  if (mantissa === 0 || !Number.isFinite(mantissa)) return value;
  const total = exponent + by;
  if (total > 1024) return Math.sign(mantissa) * Number.POSITIVE_INFINITY;
  if (total < -1080) return mantissa < 0 ? -0 : 0;
  if (total > -1000) return mantissa * 2 * 2 ** (total - 1);
  return mantissa * 2 ** (total + LIFT) * 2 ** -LIFT;
}
