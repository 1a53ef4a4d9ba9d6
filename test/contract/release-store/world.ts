import type { Clock } from '../../../src/ports/clock.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';

/** A hub's API server that serves our kinds. No daemon works in it. */
export interface HubWorld {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  stop(): Promise<void>;
}

/** Gives the world of the running suite. */
export type TheWorld = () => HubWorld;
