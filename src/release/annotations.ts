/** Annotations of ours on a Rollout. */
export const annotations = {
  /** Release whose template the Rollout carries, or carried last. */
  release: 'tidegate.dev/release',
  /** Plan hash of that release. */
  plan: 'tidegate.dev/plan',
  /** Leadership epoch of the daemon that acts here; a stale one is refused by a `test` on it. */
  epoch: 'tidegate.dev/epoch',
  /** `<attempt> <RFC 3339>` of the last nudge; any touch of the object makes a controller look again. */
  nudge: 'tidegate.dev/nudge',
  /** On an adopted Rollout: the canary steps it had under the pod hash from before this release, as JSON. */
  before: 'tidegate.dev/before',
  /** On an adopted Rollout: the workload by which it is released. */
  adopted: 'tidegate.dev/adopted',
  /** Pod hash of the template that a rollback put back. */
  restored: 'tidegate.dev/restored',
} as const;

/** Escapes a key for a JSON pointer (RFC 6901). */
export function pointerSegment(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** JSON pointer of one of our annotations. */
export function annotationPath(key: string): string {
  return `/metadata/annotations/${pointerSegment(key)}`;
}
