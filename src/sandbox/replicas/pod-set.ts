/** A pod as its ReplicaSet counts it. */
export interface CountedPod {
  readonly name: string;
  /** Instant at which it becomes ready; `null` when never. */
  readonly readyAt: number | null;
}

/** What of a ReplicaSet's pods is to be done. */
export interface PodChange {
  readonly kept: readonly CountedPod[];
  readonly removed: readonly CountedPod[];
  /** How many are to be created. */
  readonly missing: number;
}

/** Brings pods to the wanted number: those that are not ready go first, then the newest. */
export function planPods(pods: readonly CountedPod[], wanted: number, now: number): PodChange {
  const surplus = pods.length - wanted;
  if (surplus <= 0) return { kept: pods, removed: [], missing: -surplus };
  const leaving = new Set(
    pods
      .map((pod, index) => ({ pod, index }))
      .toSorted((a, b) => Number(isReady(a.pod, now)) - Number(isReady(b.pod, now)) || b.index - a.index)
      .slice(0, surplus)
      .map(({ pod }) => pod),
  );
  return { kept: pods.filter((pod) => !leaving.has(pod)), removed: [...leaving], missing: 0 };
}

/** `true` when the pod is ready. */
export function isReady(pod: CountedPod, now: number): boolean {
  return pod.readyAt !== null && pod.readyAt <= now;
}

/** How many of them are ready. */
export function countReady(pods: readonly CountedPod[], now: number): number {
  return pods.filter((pod) => isReady(pod, now)).length;
}

/** How many of them have been ready for so long. */
export function countAvailable(pods: readonly CountedPod[], now: number, minReadyMs: number): number {
  return countReady(pods, now - minReadyMs);
}

/** The instant at which the counts change next by themselves; `null` when they do not. */
export function nextChangeAt(pods: readonly CountedPod[], now: number, minReadyMs: number): number | null {
  const instants = pods
    .flatMap(({ readyAt }) => (readyAt === null ? [] : [readyAt, readyAt + minReadyMs]))
    .filter((at) => at > now);
  return instants.length === 0 ? null : Math.min(...instants);
}
