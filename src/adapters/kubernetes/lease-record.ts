import { ConflictError } from '../../domain/errors.ts';
import { formatInstant, type Instant } from '../../domain/time.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef } from '../../ports/kubernetes-api.ts';

/** What the Lease says, as far as we use it. */
export interface LeaseRecord {
  /** `null`: free. */
  readonly holder: string | null;
  /** Takeovers so far, and one: a holder acts under this number. */
  readonly epoch: number;
  /** What its holder asks to be waited for; 0 when it does not say. */
  readonly leaseMs: number;
  readonly resourceVersion: string;
  /** Differs when anything of the record does, times included; labels and the like do not count. */
  readonly fingerprint: string;
}

/** The Lease behind one name, for one identity. */
export interface LeaseStore {
  /** `null` when there is none. */
  read(): Promise<LeaseRecord | null>;
  /** Writes us in as holder of this epoch. @throws ConflictError when the record is not as it was read. */
  take(seen: LeaseRecord | null, epoch: number, at: Instant): Promise<LeaseRecord>;
  /** Renews what we hold under this epoch; `null` when it is not ours any more. */
  renew(own: LeaseRecord, at: Instant): Promise<LeaseRecord | null>;
  /** Sets free what we hold under this epoch. Quiet when it is not ours any more. */
  free(own: LeaseRecord, at: Instant): Promise<void>;
}

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** Every write names the resourceVersion it was based on. */
export function openLease(api: KubernetesApi, ref: ObjectRef, identity: string, leaseMs: number): LeaseStore {
  const write = { fieldManager: FIELD_MANAGER };

  const read = async (): Promise<LeaseRecord | null> => {
    const lease = await api.get(ref);
    return lease === undefined ? null : readRecord(lease);
  };

  const patch = async (resourceVersion: string, spec: LeaseSpec): Promise<LeaseRecord> =>
    readRecord(await api.mergePatch(ref, { metadata: { resourceVersion }, spec }, write));

  /** A stranger's label, or a write of ours whose answer was lost, changes the version and not the holder. */
  const patchOwn = async (own: LeaseRecord, spec: LeaseSpec): Promise<LeaseRecord | null> => {
    try {
      return await patch(own.resourceVersion, spec);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    const found = await read();
    if (found === null || found.holder !== identity || found.epoch !== own.epoch) return null;
    return await patch(found.resourceVersion, spec);
  };

  const take = async (seen: LeaseRecord | null, epoch: number, at: Instant): Promise<LeaseRecord> => {
    const spec: LeaseSpec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseMs / 1000),
      acquireTime: microTime(at),
      renewTime: microTime(at),
      leaseTransitions: epoch - 1,
    };
    if (seen !== null) return await patch(seen.resourceVersion, spec);
    const metadata = { name: ref.name, namespace: ref.namespace ?? 'default' };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    return readRecord(await api.create(lease, kinds.lease, write));
  };

  return {
    read,
    take,
    renew: (own, at) => patchOwn(own, { renewTime: microTime(at) }),
    free: async (own, at) => {
      await patchOwn(own, { holderIdentity: null, renewTime: microTime(at) });
    },
  };
}

function readRecord(lease: KubernetesObject): LeaseRecord {
  const spec: LeaseSpec = lease.spec ?? {};
  return {
    holder: spec.holderIdentity || null,
    epoch: (spec.leaseTransitions ?? 0) + 1,
    leaseMs: (spec.leaseDurationSeconds ?? 0) * 1000,
    resourceVersion: lease.metadata.resourceVersion ?? '',
    fingerprint: JSON.stringify([lease.metadata.uid, spec]),
  };
}

/** RFC 3339 with exactly six digits, as the API server insists on. */
function microTime(at: Instant): string {
  return formatInstant(at).replace('Z', '000Z');
}
