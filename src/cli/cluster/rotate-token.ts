import type { Cluster } from '../../domain/fleet.ts';
import { neededRights } from '../doctor/daemon-rights.ts';
import { accessSecret, readAccessSecret } from './access-secret.ts';
import { writeSecret } from './add-cluster.ts';
import { type ClusterWorld, clusterUidOf, type Refused, refused } from './cluster-world.ts';
import { secretOf } from './declared-clusters.ts';
import { proveAccess } from './prove-access.ts';
import { makeToken, removeToken } from './token-secret.ts';

/** A token in the place of another. */
export interface RotatedToken {
  readonly kind: 'rotated';
  /** Secrets of the target. */
  readonly tokenSecret: string;
  readonly endedSecret: string;
}

/**
 * Makes a new token, tries it, gives it to the hub and ends the old one. Whoever still uses the old one is refused once (401), reads the
 * hub's Secret again and repeats the request: no daemon is restarted.
 */
export async function rotateToken(world: ClusterWorld, cluster: Cluster): Promise<RotatedToken | Refused> {
  const { target, namespace, clock, tell } = world;
  const { name } = cluster;
  const secret = await secretOf(world.hub, cluster);
  const record = secret === undefined ? null : readAccessSecret(secret);
  if (record === null || record.cluster !== name)
    return refused(
      `cluster ${name} is not reached by a token that tidegate cluster add made: tidegate cluster add CONTEXT --name ${name} --replace makes one`,
    );
  const uid = await clusterUidOf(target);
  if (record.clusterUid !== null && uid !== null && record.clusterUid !== uid)
    return refused(
      `context ${target.cluster} leads to another cluster than ${name} is (${record.address.server}): give --target-context`,
    );
  const { madeAt, ...made } = await makeToken(world);
  tell(`in ${target.cluster}: Secret/${made.secret} created, with a new token`);
  const next = { ...record, token: made.token, origin: { secret: made.secret, madeAt }, context: target.cluster };
  const rights = neededRights('target', namespace, { kind: 'ourselves' });
  const proof = await proveAccess(await world.reach(name, accessSecret(next, namespace)), clock, rights);
  if (proof.kind === 'refused') {
    await removeToken(world, made.secret);
    return refused(
      `rotating the token of cluster ${name}: the new one does not work, so the hub keeps the old one: ${proof.messages.join('; ')}`,
    );
  }
  tell(
    proof.kind === 'proven'
      ? `the new token is let in and holds all ${proof.rights} rights`
      : `warning: ${record.address.server} does not answer here, the new token is not tried (${proof.message})`,
  );
  await writeSecret(world, next);
  tell(`in the hub: the Secret of cluster ${name} has the new token`);
  await removeToken(world, record.origin.secret);
  tell(`in ${target.cluster}: Secret/${record.origin.secret} deleted, its token is refused within seconds`);
  return { kind: 'rotated', tokenSecret: made.secret, endedSecret: record.origin.secret };
}
