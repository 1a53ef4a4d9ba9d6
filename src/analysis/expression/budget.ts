import { failed, tooLarge } from './expression-error.ts';
import { BYTES_A_STEP, MAX_STEPS, MEMORY_BUDGET_ELEMENTS } from './limits.ts';

/** What one evaluation may cost, and has cost so far. */
export interface Budget {
  /** Counts a step, or as many as are given. @throws {ExpressionError} `TooLarge` past the limit */
  readonly count: (steps?: number) => void;
  /** Counts text that is joined, cut or looked through, in bytes. @throws {ExpressionError} `TooLarge` past the limit of steps */
  readonly read: (bytes: number) => void;
  /** Counts elements that are made. @throws {ExpressionError} `Failed` where Argo stops as well */
  readonly grow: (elements: number) => void;
}

/** A budget that is whole. */
export function newBudget(): Budget {
  let steps = 0;
  let elements = 0;
  const count = (more = 1) => {
    steps += more;
    if (steps > MAX_STEPS) throw tooLarge(`evaluating takes more than ${MAX_STEPS} steps: look at fewer elements`);
  };
  return {
    count,
    read: (bytes) => count(bytes / BYTES_A_STEP),
    grow: (made) => {
      elements += made;
      if (elements >= MEMORY_BUDGET_ELEMENTS) throw failed('memory budget exceeded');
    },
  };
}
