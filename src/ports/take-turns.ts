import type { Turns } from '../planning/turns.ts';
import type { Clock } from './clock.ts';

/** A sleep of nothing gives nobody a turn. */
const TURN_MS = 1;

/** Does long work while others have their turn in between. @throws what the work throws */
export async function takeTurns<T>(turns: Turns<T>, clock: Clock): Promise<T> {
  for (;;) {
    const turn = turns.next();
    if (turn.done === true) return turn.value;
    await clock.sleep(TURN_MS);
  }
}
