import { failed, tooLarge } from './expression-error.ts';
import { MAX_STEPS, MEMORY_BUDGET_ELEMENTS } from './limits.ts';

/** What one evaluation may cost, and has cost so far. */
export interface Budget {
  /** Counts a step. @throws {ExpressionError} `TooLarge` past the limit */
  readonly count: () => void;
  /** Counts elements that are made. @throws {ExpressionError} `Failed` where Argo stops as well */
  readonly grow: (elements: number) => void;
}

/** A budget that is whole. */
export function newBudget(): Budget {
  let steps = 0;
  let elements = 0;
  return {
    count: () => {
      steps += 1;
      if (steps > MAX_STEPS) {
        throw tooLarge(`evaluating takes more than ${MAX_STEPS} steps: look at fewer elements`);
      }
    },
    grow: (made) => {
      elements += made;
      if (elements >= MEMORY_BUDGET_ELEMENTS) throw failed('memory budget exceeded');
    },
  };
}
