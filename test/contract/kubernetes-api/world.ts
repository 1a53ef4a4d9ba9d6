import type { Clock } from '../../../src/ports/clock.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';

/** An API server to hold against the contract. No controller may touch Rollouts in it. */
export interface ApiWorld {
  readonly api: KubernetesApi;
  /** The time the server lives in. */
  readonly clock: Clock;
  /** A version of Rollouts from which no watch can go on any more. */
  expiredVersion(): Promise<string>;
  stop(): Promise<void>;
}

/** Gives the world of the running suite. */
export type TheWorld = () => ApiWorld;
