import type { PodTemplate } from '../argo/rollout.ts';

/** Milliseconds from a pod's creation until it is ready. */
export type PodReady = number | 'never';

/** When pods become ready. */
export interface Readiness {
  /** @default 300 */
  readonly otherwise?: PodReady;
  /** By image of the first container. */
  readonly byImage?: Readonly<Record<string, PodReady>>;
}

/** Pods with this label never become ready, whatever their value of it. */
export const NEVER_READY_LABEL = 'tidegate.dev/never-ready';

const READY_MS = 300;

/** How long a pod of this template takes to become ready. */
export function podReadyOf(template: PodTemplate, readiness: Readiness): PodReady {
  if (template.metadata?.labels?.[NEVER_READY_LABEL] !== undefined) return 'never';
  const image = template.spec?.containers?.[0]?.image ?? '';
  return readiness.byImage?.[image] ?? readiness.otherwise ?? READY_MS;
}
