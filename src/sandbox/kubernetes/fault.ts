import { ConflictError, TransientError } from '../../domain/errors.ts';
import { type KubernetesApi, type ResourceKind, WatchExpired } from '../../ports/kubernetes-api.ts';
import { resourceName } from './resource.ts';

/** One call of a client, as a simulation sees it. `watchEvent` is asked before each event that a watch delivers. */
export interface ApiCall {
  readonly cluster: string;
  readonly verb: Exclude<keyof KubernetesApi, 'cluster'> | 'watchEvent';
  readonly kind: ResourceKind;
  /** `null` for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string | null;
  /** `null` for lists and watches. */
  readonly name: string | null;
  readonly subresource: 'status' | null;
  /** Count of the calls of this client, from 0. */
  readonly sequence: number;
}

/**
 * What goes wrong with a call.
 *
 * - `conflict`: 409, nothing was done (writes only)
 * - `unavailable`: 503, nothing was done
 * - `timeoutAfterEffect`: done, but the answer never comes
 * - `dropWatch`: the stream breaks, the event at hand is not delivered
 * - `expireWatch`: 410
 */
export type Fault = 'none' | 'conflict' | 'unavailable' | 'dropWatch' | 'expireWatch' | 'timeoutAfterEffect';

const WRITES: ReadonlySet<ApiCall['verb']> = new Set(['create', 'patch', 'mergePatch', 'apply', 'delete']);

/** Does the call change objects? */
export function isWrite(call: ApiCall): boolean {
  return WRITES.has(call.verb);
}

/** `patch rollouts.argoproj.io pool-free/storefront in shared-eu`: the call, for messages. */
export function describeCall(call: ApiCall): string {
  const place = [call.namespace, call.name].filter((part) => part !== null).join('/');
  const what = [call.verb, resourceName(call.kind), place].filter((part) => part !== '').join(' ');
  return `${what} in ${call.cluster}`;
}

/** The error of a fault that comes before the effect; `null` when the call goes on. */
export function errorBefore(call: ApiCall, fault: Fault): Error | null {
  const doing = describeCall(call);
  switch (fault) {
    case 'conflict':
      return isWrite(call) ? new ConflictError(`${doing}: the object has been modified`) : null;
    case 'unavailable':
      return new TransientError(`${doing}: the server is currently unable to handle the request`);
    case 'dropWatch':
      return call.verb === 'watch' || call.verb === 'watchEvent' ? new TransientError(`${doing}: stream broke`) : null;
    case 'expireWatch':
      return call.verb === 'watch' || call.verb === 'watchEvent'
        ? new WatchExpired(`${doing}: too old resource version`)
        : null;
    case 'none':
    case 'timeoutAfterEffect':
      return null;
  }
}

/** The error of a fault that comes after the effect; `null` when the answer arrives. */
export function errorAfter(call: ApiCall, fault: Fault): Error | null {
  return fault === 'timeoutAfterEffect' ? new TransientError(`${describeCall(call)}: timed out`) : null;
}
