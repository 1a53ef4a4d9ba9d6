import { vi } from 'vitest';
import type { KubernetesApi, ResourceKind, WatchEvent, WatchOptions } from '../../../src/ports/kubernetes-api.ts';

/** A watch that is read as it comes. */
export interface Listener {
  /** `added a`, `modified a`, `deleted a`; bookmarks are left out. */
  readonly heard: readonly string[];
  readonly events: readonly WatchEvent[];
  /** Waits until so many were heard. */
  until(count: number): Promise<readonly string[]>;
  /** Ends the watch; rejects with what broke it. */
  stop(): Promise<void>;
  /** Settles when the watch ends by itself. */
  readonly done: Promise<void>;
}

/** Starts to read. */
export function listen(api: KubernetesApi, kind: ResourceKind, options: Omit<WatchOptions, 'signal'>): Listener {
  const stop = new AbortController();
  const heard: string[] = [];
  const events: WatchEvent[] = [];
  const done = (async () => {
    for await (const event of api.watch(kind, { ...options, signal: stop.signal })) {
      events.push(event);
      if (event.type !== 'bookmark') heard.push(`${event.type} ${event.object.metadata.name}`);
    }
  })();
  // Whoever cares awaits `done` or `stop`.
  done.catch(() => undefined);
  return {
    heard,
    events,
    done,
    until: (count) =>
      vi.waitFor(
        () => {
          if (heard.length < count) throw new Error(`heard ${heard.length} of ${count}: ${heard.join(', ')}`);
          return [...heard];
        },
        { timeout: 10_000, interval: 5 },
      ),
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}
