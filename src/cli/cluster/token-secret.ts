import { TransientError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef } from '../../ports/kubernetes-api.ts';
import { entryOf } from './access-secret.ts';

/** A token that lasts until its Secret is deleted, and what vouches for the server that made it. */
export interface MadeToken {
  readonly secret: string;
  readonly token: string;
  /** PEM text of the cluster's own authority; `null`: it has none to show. */
  readonly ca: string | null;
  readonly madeAt: Instant;
}

/** Where tokens are made. */
export interface TokenPlace {
  readonly target: KubernetesApi;
  readonly namespace: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for names. */
  readonly random: () => number;
}

/** The controller-manager fills a Secret within a second. */
export const TOKEN_DEADLINE_MS = 30_000;
const LOOK_MS = 200;
const SUFFIX_LENGTH = 6;

/** The Secret that a controller of the cluster fills with a token of the daemon's account. */
export function tokenSecret(name: string, namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, annotations: { 'kubernetes.io/service-account.name': 'tidegate' } },
    type: 'kubernetes.io/service-account-token',
  };
}

/** Makes a token with a Secret of its own. @throws TransientError when the cluster has not filled it after half a minute */
export async function makeToken(place: TokenPlace): Promise<MadeToken> {
  const { target, namespace, clock, random } = place;
  const secret = `tidegate-token-${Math.floor(random() * 36 ** SUFFIX_LENGTH)
    .toString(36)
    .padStart(SUFFIX_LENGTH, '0')}`;
  await target.create(tokenSecret(secret, namespace), kinds.secret, { fieldManager: FIELD_MANAGER });
  const madeAt = clock.now();
  const endsAt = madeAt + TOKEN_DEADLINE_MS;
  for (;;) {
    const filled = await readToken(place, secret);
    if (filled !== null) return { secret, ...filled, madeAt };
    if (clock.now() >= endsAt) break;
    await clock.sleep(LOOK_MS);
  }
  await removeToken(place, secret);
  throw new TransientError(
    `waiting for the token in Secret ${namespace}/${secret} of ${target.cluster}: not filled within ${TOKEN_DEADLINE_MS / 1000} seconds; see whether the kube-controller-manager there runs, with its controller serviceaccount-token`,
  );
}

/** What is in a token's Secret now; `null` when it is gone, or not filled yet. */
export async function readToken(
  { target, namespace }: Pick<TokenPlace, 'target' | 'namespace'>,
  name: string,
): Promise<Pick<MadeToken, 'token' | 'ca'> | null> {
  const live = await target.get(refOf(namespace, name));
  const token = live === undefined ? null : entryOf(live, 'token');
  return live === undefined || !token ? null : { token, ca: entryOf(live, 'ca.crt') };
}

/** Ends a token: the API server refuses it within seconds. */
export async function removeToken(
  { target, namespace }: Pick<TokenPlace, 'target' | 'namespace'>,
  name: string,
): Promise<void> {
  await target.delete(refOf(namespace, name));
}

function refOf(namespace: string, name: string): ObjectRef {
  return { kind: kinds.secret, namespace, name };
}
