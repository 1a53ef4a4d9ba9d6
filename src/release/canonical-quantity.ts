const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
/** Kubernetes keeps no finer part than a billionth. */
const FINEST_EXPONENT = -9;

/**
 * One text for equal amounts, however they are written: `0.5` and `500m`, `1024Mi` and `1Gi`. What is no quantity stays as it is.
 *
 * @see k8s.io/apimachinery/pkg/api/resource, `ParseQuantity`
 */
export function canonicalQuantity(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const match = QUANTITY.exec(String(value));
  if (match === null) return value;
  const [, sign, whole = '', fraction = '', binary, decimal, exponent] = match;
  if (whole === '' && fraction === '') return value;
  const scale = BigInt(whole + fraction) * 1024n ** BigInt(binary === undefined ? 0 : BINARY.indexOf(binary) + 1);
  const power =
    Number(exponent ?? 0) + (decimal === undefined ? 0 : DECIMAL[decimal]!) - fraction.length - FINEST_EXPONENT;
  const amount = power >= 0 ? scale * 10n ** BigInt(power) : roundedUp(scale, 10n ** BigInt(-power));
  return `${sign === '-' && amount !== 0n ? '-' : ''}${amount}n`;
}

function roundedUp(amount: bigint, divisor: bigint): bigint {
  return (amount + divisor - 1n) / divisor;
}
