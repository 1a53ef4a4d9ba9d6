import type { StoreEvent } from './object-table.ts';

type Listener = (event: StoreEvent) => void;

/** Tells listeners of each event in order, also when a listener causes the next one. */
export interface EventBus {
  publish(topic: string, event: StoreEvent): void;
  subscribe(topic: string, listener: Listener): () => void;
}

/** A bus without listeners. */
export function createEventBus(): EventBus {
  const topics = new Map<string, Set<Listener>>();
  const waiting: { readonly topic: string; readonly event: StoreEvent }[] = [];
  let isDraining = false;

  function drain(): void {
    if (isDraining) return;
    isDraining = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        for (const listener of Array.from(topics.get(next.topic) ?? [])) listener(next.event);
      }
    } finally {
      isDraining = false;
    }
  }

  return {
    publish(topic, event) {
      waiting.push({ topic, event });
      drain();
    },
    subscribe(topic, listener) {
      const listeners = topics.get(topic) ?? new Set();
      topics.set(topic, listeners.add(listener));
      return () => void listeners.delete(listener);
    },
  };
}
