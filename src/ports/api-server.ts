import type { Instant } from '../domain/time.ts';

/** An API server's word on itself. */
export interface ApiServerIdentity {
  /** `v1.34.1` */
  readonly version: string;
  /** Its clock when it answered, whole seconds, rounded down; `null` when it did not say. */
  readonly clockAt: Instant | null;
}

/** What can be asked of an API server beside its objects. */
export interface ApiServer {
  /** @throws TransientError, TerminalError as every call of `KubernetesApi` */
  identify(): Promise<ApiServerIdentity>;
}
