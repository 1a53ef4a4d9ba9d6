import type { Clock } from '../../../src/ports/clock.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { Driver } from './driver.ts';

/** A cluster in which an Argo Rollouts controller works and pods get ready. */
export interface WritersWorld {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  stop(): Promise<void>;
}

/** The world of the running suite, watched. */
export interface DrivenWorld {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  readonly driver: Driver;
}

/** Gives the world of the running suite. */
export type TheWorld = () => DrivenWorld;
