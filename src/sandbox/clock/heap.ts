/** What the heap orders by: the instant, then the order in which entries came. */
interface Entry<T> {
  readonly at: number;
  readonly sequence: number;
  readonly value: T;
}

/** A queue that gives the earliest value first; equal instants in the order they were added. */
export interface TimeHeap<T> {
  readonly size: number;
  /** The instant of the earliest value; `null` when it is empty. */
  nextAt(): number | null;
  add(at: number, value: T): void;
  /** @throws RangeError when it is empty */
  take(): T;
}

/** A binary heap: adding and taking cost O(log n). */
export function createTimeHeap<T>(): TimeHeap<T> {
  const entries: Entry<T>[] = [];
  let sequence = 0;
  return {
    get size() {
      return entries.length;
    },
    nextAt: () => entries[0]?.at ?? null,
    add(at, value) {
      entries.push({ at, sequence: sequence++, value });
      siftUp(entries);
    },
    take() {
      const first = entries[0];
      const last = entries.pop();
      if (first === undefined || last === undefined) throw new RangeError('the heap is empty');
      if (entries.length > 0) {
        entries[0] = last;
        siftDown(entries);
      }
      return first.value;
    },
  };
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

function siftUp<T>(entries: Entry<T>[]): void {
  let index = entries.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(entries[index]!, entries[parent]!)) return;
    swap(entries, index, parent);
    index = parent;
  }
}

function siftDown<T>(entries: Entry<T>[]): void {
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    let first = index;
    if (left < entries.length && isBefore(entries[left]!, entries[first]!)) first = left;
    if (right < entries.length && isBefore(entries[right]!, entries[first]!)) first = right;
    if (first === index) return;
    swap(entries, index, first);
    index = first;
  }
}

function swap<T>(entries: Entry<T>[], a: number, b: number): void {
  const held = entries[a]!;
  entries[a] = entries[b]!;
  entries[b] = held;
}
