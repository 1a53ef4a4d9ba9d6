/** How much memory this process takes beyond what it took at the start. */
export interface MemoryMeter {
  /** The most so far, bytes: resident, and what JavaScript holds with its garbage. */
  most(): { readonly residentBytes: number; readonly heapBytes: number };
  stop(): void;
}

const TICK_MS = 2;

/** Looks in each turn of a busy loop. Collects garbage before it begins where the process may (`--expose-gc`). */
export function startMemoryMeter(): MemoryMeter {
  globalThis.gc?.();
  const before = process.memoryUsage();
  let residentBytes = 0;
  let heapBytes = 0;
  const heapOf = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external;
  const look = () => {
    const now = process.memoryUsage();
    residentBytes = Math.max(residentBytes, now.rss - before.rss);
    heapBytes = Math.max(heapBytes, heapOf(now) - heapOf(before));
  };
  const timer = setInterval(look, TICK_MS);
  return {
    most() {
      look();
      return { residentBytes, heapBytes };
    },
    stop: () => clearInterval(timer),
  };
}
