import type { KubernetesApi } from '../../src/ports/kubernetes-api.ts';
import type { CannedAnswers, CannedPrometheus } from './canned-prometheus.ts';

/** Where a scenario runs: the lab, or a sandbox on real or on virtual time. */
export interface World {
  /** For messages: `lab`, `sandbox`. */
  readonly name: string;
  readonly api: KubernetesApi;
  /** Makes an empty namespace of its own for one run. */
  namespace(): Promise<string>;
  /** Resolves when the Argo Rollouts controller does nothing any more. */
  stopArgo(): Promise<void>;
  /** Resolves when it works again. */
  startArgo(): Promise<void>;
  /** Resolves after `ms` of this world's time, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** This world's time, in milliseconds; full seconds are those of `creationTimestamp`. */
  now(): number;
  /**
   * Where commands may be lost that nobody meant to lose: the Rollout is nudged whenever a scenario has waited for so long. A nudge
   * shows no state that is new. @default never
   */
  readonly nudgeAfterMs?: number;
  /** Serves canned answers in a world of its own kind. @default a small HTTP server on loopback */
  servePrometheus?(answers: CannedAnswers): Promise<CannedPrometheus>;
}
