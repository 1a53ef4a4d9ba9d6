/** A stretch of time in which the ready pods of a revision did not change. */
interface Stretch {
  readonly fromMs: number;
  /** Share of the Rollout's requests that this revision gets, 0…1. */
  readonly shareRatio: number;
  /** Full-share seconds before the stretch. */
  readonly secondsBefore: number;
}

/** A revision of a Rollout as traffic sees it. */
export interface ServedRevision {
  readonly podHash: string;
  /** What its template says of its version: label, image, digest. */
  readonly versionKeys: readonly string[];
}

/** Which revision of one Rollout served which share of its requests, and when. */
export interface LoadTimeline {
  /** Every revision that ever had a ready pod, in order of appearance. */
  revisions(): readonly ServedRevision[];
  /** The ready pods of a revision, from now on. */
  note(revision: ServedRevision, readyPods: number, nowMs: number): void;
  /**
   * How long, in seconds, the revision has been serving until an instant, a half share for two seconds counting as one:
   * times a tenant's request rate, that is the number of its requests.
   */
  servedSeconds(podHash: string, atMs: number): number;
  /** `true` when the revision had a ready pod at the instant. */
  isServing(podHash: string, atMs: number): boolean;
  /** Milliseconds until an instant in which the revision served anything at all. */
  servingMs(podHash: string, atMs: number): number;
  /** The instant at which `servedSeconds` reached a value; `null` when it has not until then. */
  reachedAt(podHash: string, seconds: number, untilMs: number): number | null;
}

interface Revision {
  readonly served: ServedRevision;
  readyPods: number;
  readonly stretches: Stretch[];
}

/** A timeline without revisions. Nothing ticks: shares change only when ready pods do. */
export function createLoadTimeline(): LoadTimeline {
  const revisions = new Map<string, Revision>();

  const cutStretches = (nowMs: number): void => {
    const total = [...revisions.values()].reduce((sum, { readyPods }) => sum + readyPods, 0);
    for (const revision of revisions.values()) {
      const shareRatio = total === 0 ? 0 : revision.readyPods / total;
      const last = revision.stretches.at(-1);
      if ((last?.shareRatio ?? 0) === shareRatio) continue;
      const secondsBefore = last === undefined ? 0 : secondsUntil(last, nowMs);
      if (last?.fromMs === nowMs) revision.stretches.pop();
      revision.stretches.push({ fromMs: nowMs, shareRatio, secondsBefore });
    }
  };

  const stretchAt = (podHash: string, atMs: number): Stretch | undefined =>
    revisions.get(podHash)?.stretches.findLast(({ fromMs }) => fromMs <= atMs);

  return {
    revisions: () => [...revisions.values()].map(({ served }) => served),
    note(served, readyPods, nowMs) {
      const known = revisions.get(served.podHash);
      if (known === undefined && readyPods === 0) return;
      if (known === undefined) revisions.set(served.podHash, { served, readyPods, stretches: [] });
      else known.readyPods = readyPods;
      cutStretches(nowMs);
    },
    servedSeconds(podHash, atMs) {
      const stretch = stretchAt(podHash, atMs);
      return stretch === undefined ? 0 : secondsUntil(stretch, atMs);
    },
    isServing: (podHash, atMs) => (stretchAt(podHash, atMs)?.shareRatio ?? 0) > 0,
    servingMs(podHash, atMs) {
      const stretches = revisions.get(podHash)?.stretches ?? [];
      return stretches.reduce((sum, { fromMs, shareRatio }, index) => {
        const endMs = Math.min(atMs, stretches[index + 1]?.fromMs ?? atMs);
        return shareRatio > 0 && endMs > fromMs ? sum + endMs - fromMs : sum;
      }, 0);
    },
    reachedAt(podHash, seconds, untilMs) {
      const stretches = revisions.get(podHash)?.stretches ?? [];
      for (const [index, stretch] of stretches.entries()) {
        const endMs = Math.min(untilMs, stretches[index + 1]?.fromMs ?? untilMs);
        if (stretch.fromMs > untilMs || secondsUntil(stretch, endMs) < seconds) continue;
        if (stretch.shareRatio === 0) return stretch.fromMs;
        return stretch.fromMs + ((seconds - stretch.secondsBefore) * 1000) / stretch.shareRatio;
      }
      return null;
    },
  };
}

function secondsUntil(stretch: Stretch, atMs: number): number {
  return stretch.secondsBefore + (stretch.shareRatio * Math.max(0, atMs - stretch.fromMs)) / 1000;
}
