import type { Instant } from '../domain/time.ts';
import type { Gate } from './gate.ts';

/** A gate, and until when it stays so if nothing that it was made of changes; `null`: it hangs on the time itself. */
export interface JudgedGate {
  readonly gate: Gate;
  readonly until: Instant | null;
}

interface Remembered {
  readonly inputs: readonly unknown[];
  readonly until: Instant;
  readonly gate: Gate;
}

/** Answers come every few seconds, passes many times in between: what was judged once is the same until then. */
const remembered = new WeakMap<object, Remembered>();

/** The gate of a subject: the last one while all inputs are the very same objects, else judged anew. */
export function rememberedGate(
  subject: object,
  inputs: readonly unknown[],
  now: Instant,
  judge: () => JudgedGate,
): Gate {
  const known = remembered.get(subject);
  if (known !== undefined && now <= known.until && isSame(known.inputs, inputs)) return known.gate;
  const { gate, until } = judge();
  if (until === null) remembered.delete(subject);
  else remembered.set(subject, { inputs, until, gate });
  return gate;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
