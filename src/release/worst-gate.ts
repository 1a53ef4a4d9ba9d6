import type { Gate } from './gate.ts';

const SEVERITY: readonly Gate['kind'][] = ['fail', 'missing', 'early', 'inconclusive', 'pass'];

/** The worst of some gates, at least one: fail, then missing, early, inconclusive, pass; of equals the first. */
export function worstGate(gates: readonly Gate[]): Gate {
  return gates.reduce((worst, gate) => (SEVERITY.indexOf(gate.kind) < SEVERITY.indexOf(worst.kind) ? gate : worst));
}
