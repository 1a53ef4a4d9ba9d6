/** Long work in turns of a few milliseconds; whoever has other things to do does them in between. */
export type Turns<T> = Generator<void, T>;

/** All turns at once. */
export function allTurns<T>(turns: Turns<T>): T {
  for (;;) {
    const turn = turns.next();
    if (turn.done === true) return turn.value;
  }
}
