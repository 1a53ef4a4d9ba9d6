/** How long the event loop was busy at a stretch. */
export interface TurnMeter {
  /** CPU of the loop's thread between two turns, largest so far, ms: what a pause takes where nobody else wants the processor. */
  longestCpuMs(): number;
  /** Begins anew. */
  reset(): void;
  stop(): void;
}

const TICK_MS = 2;

/** A timer that fires in each turn of a busy loop, and every other millisecond of an idle one. */
export function startTurnMeter(): TurnMeter {
  let longestMs = 0;
  let last = process.threadCpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (user + system) / 1000);
  }, TICK_MS);
  return {
    longestCpuMs: () => longestMs,
    reset() {
      longestMs = 0;
      last = process.threadCpuUsage();
    },
    stop: () => clearInterval(timer),
  };
}
