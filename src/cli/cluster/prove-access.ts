import { checkRights, type NeededRights } from '../../controller/checkup/rights.ts';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { ApiServer } from '../../ports/api-server.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';

/** Whether an access does what the daemon needs of it. */
export type Proof =
  | { readonly kind: 'proven'; readonly version: string; readonly rights: number }
  | { readonly kind: 'refused'; readonly messages: readonly string[] }
  /** Nobody answers there, from here. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** A server takes a moment until it knows a new token and a new role. */
const PROOF_DEADLINE_MS = 15_000;
const LOOK_MS = 300;
/** Somebody answered, and is not whom the authority vouches for. */
const TRUST_FAULT = /\((ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|EPROTO)/;

/** Tries an access: whether it is let in, and holds every right. A refusal is tried again for some seconds. */
export async function proveAccess(api: KubernetesApi & ApiServer, clock: Clock, needed: NeededRights): Promise<Proof> {
  const endsAt = clock.now() + PROOF_DEADLINE_MS;
  for (;;) {
    const proof = await tryOnce(api, needed);
    if (proof.kind !== 'refused' || clock.now() >= endsAt) return proof;
    await clock.sleep(LOOK_MS);
  }
}

async function tryOnce(api: KubernetesApi & ApiServer, needed: NeededRights): Promise<Proof> {
  try {
    const { version } = await api.identify();
    const errors = (await checkRights(api, needed)).filter(({ level }) => level === 'error');
    if (errors.length === 0) return { kind: 'proven', version, rights: needed.rights.length };
    return { kind: 'refused', messages: errors.map(({ message }) => message) };
  } catch (error) {
    if (error instanceof TerminalError) return { kind: 'refused', messages: [error.message] };
    if (!(error instanceof TransientError)) throw error;
    const { message } = error;
    return TRUST_FAULT.test(message) ? { kind: 'refused', messages: [message] } : { kind: 'unreachable', message };
  }
}
