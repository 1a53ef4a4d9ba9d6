import type { ServerAddress } from '../../adapters/kubernetes/index.ts';
import { API_VERSION } from '../../config/wire/document.ts';
import type { Cluster } from '../../domain/fleet.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { daemonOf, neededRights } from '../doctor/daemon-rights.ts';
import { refuseCrowded } from '../installed-namespace.ts';
import { type Installed, install, installedObjects } from '../installed-objects.ts';
import { outcomeOf, type WriteOutcome } from '../object-meaning.ts';
import {
  accessSecret,
  accessSecretName,
  type ClusterAccessRecord,
  readAccessSecret,
  type TokenOrigin,
} from './access-secret.ts';
import { type ClusterWorld, clusterUidOf, type Refused, refused } from './cluster-world.ts';
import { accessRecords } from './declared-clusters.ts';
import { type Proof, proveAccess } from './prove-access.ts';
import { makeToken, readToken, removeToken } from './token-secret.ts';

/** A cluster that is to be released to. */
export interface WantedCluster {
  readonly name: string;
  /** The administrator's context. */
  readonly context: string;
  /** Name of its metric source. */
  readonly metrics: string;
  /** Where the context finds it. */
  readonly ownAddress: ServerAddress;
  /** Where the hub is to find it. */
  readonly address: ServerAddress;
  /** As the hub has it now; `null`: not at all. */
  readonly declared: Cluster | null;
  /** Whether another access of that name may be replaced. */
  readonly isReplacing: boolean;
}

/** What was written, and by which token the cluster is reached. */
export interface AddedCluster {
  readonly kind: 'added';
  /** `itself`: it is the hub, which needs no token. */
  readonly access: 'secret' | 'itself';
  readonly target: readonly Installed[];
  readonly hub: readonly { readonly kind: string; readonly name: string; readonly outcome: WriteOutcome }[];
  readonly tokenSecret: string | null;
  /** How the access was tried. */
  readonly proof: Extract<Proof, { readonly kind: 'proven' }>;
}

/** Makes a cluster ready to be released to, tries the new access, and only then tells the hub of it. */
export async function addCluster(world: ClusterWorld, wanted: WantedCluster): Promise<AddedCluster | Refused> {
  const uid = await clusterUidOf(world.target);
  const isHub = uid !== null && uid === (await clusterUidOf(world.hub));
  const obstacle = await obstacleTo(world, wanted, uid, isHub);
  if (obstacle !== null) return refused(obstacle);
  await refuseCrowded(world.target, world.namespace);
  const target = await install(world.target, world.clock, installedObjects(world.namespace, 'target'));
  for (const { kind, name, outcome } of target) world.tell(`in ${wanted.context}: ${kind}/${name} ${outcome}`);
  return isHub ? await addHubItself(world, wanted, target) : await addByToken(world, wanted, target, uid);
}

/** Why the name cannot be taken for this cluster; `null` when it can. */
export async function obstacleTo(
  { hub, namespace }: ClusterWorld,
  { name, context, declared, isReplacing }: WantedCluster,
  uid: string | null,
  isHub: boolean,
): Promise<string | null> {
  const others = (await accessRecords(hub, namespace)).filter(({ cluster }) => cluster !== name);
  const twin = others.find(({ clusterUid }) => clusterUid !== null && clusterUid === uid);
  if (twin !== undefined)
    return `context ${context} leads to the cluster that is declared as ${twin.cluster} already: under two names, two releases could act on one Rollout; tidegate cluster remove ${twin.cluster} first`;
  if (isReplacing) return null;
  const isAsMade = declared === null || isMadeBy(declared, name, namespace, isHub);
  if (!isAsMade)
    return `cluster ${name} is declared already, and reached by ${accessText(declared)}: give --replace to have it reached by a token of its own, or --name for another name`;
  const present = await hub.get({ kind: kinds.secret, namespace, name: accessSecretName(name) });
  if (present === undefined || isHub) return null;
  const record = readAccessSecret(present);
  if (record === null)
    return `Secret ${namespace}/${accessSecretName(name)} is there, and was not made by tidegate cluster add: give --replace, or --name for another name`;
  const isOther = record.clusterUid !== null && uid !== null && record.clusterUid !== uid;
  return isOther
    ? `cluster ${name} is another cluster than context ${context} leads to (${record.address.server}): give --replace if it takes its place, or --name for another name`
    : null;
}

function isMadeBy({ access }: Cluster, name: string, namespace: string, isHub: boolean): boolean {
  if (isHub) return access.kind === 'inCluster';
  return access.kind === 'secretRef' && access.namespace === namespace && access.name === accessSecretName(name);
}

function accessText({ access }: Cluster): string {
  switch (access.kind) {
    case 'context':
      return `context ${access.context}`;
    case 'inCluster':
      return 'the account of the daemon (inCluster)';
    case 'secretRef':
      return `Secret ${access.namespace}/${access.name}`;
  }
}

/** The daemon's own account reaches the hub: there is no token that could be lost. */
async function addHubItself(
  world: ClusterWorld,
  wanted: WantedCluster,
  target: readonly Installed[],
): Promise<AddedCluster | Refused> {
  const { hub, namespace, clock, tell } = world;
  tell(`context ${wanted.context} leads to the hub itself: the daemon reaches it by its own account, without a token`);
  const rights = neededRights('target', namespace, await daemonOf(hub, namespace));
  const proof = await proveAccess(hub, clock, rights);
  if (proof.kind !== 'proven') return notProven(wanted, proof);
  const written = [await declare(world, wanted, { inCluster: true })];
  return { kind: 'added', access: 'itself', target, hub: written, tokenSecret: null, proof };
}

async function addByToken(
  world: ClusterWorld,
  wanted: WantedCluster,
  target: readonly Installed[],
  clusterUid: string | null,
): Promise<AddedCluster | Refused> {
  const { tell } = world;
  const { name: cluster, context } = wanted;
  const held = await tokenInUse(world, cluster);
  const made = held ?? (await makeToken(world));
  if (held === null) tell(`in ${context}: Secret/${made.secret} created, with a token of its own`);
  const origin: TokenOrigin = { secret: made.secret, madeAt: made.madeAt };
  const record = { cluster, token: made.token, origin, clusterUid, context };
  const address = trusting(wanted, made.ca);
  const proof = await tryAccess(world, wanted, { ...record, address }, made.ca);
  if (proof.kind !== 'proven') {
    if (held === null) await removeToken(world, made.secret);
    return notProven(wanted, proof);
  }
  tell(`the token is let in by ${proof.version} and holds all ${proof.rights} rights that the daemon needs`);
  const secret = await writeSecret(world, { ...record, address });
  const declared = await declare(world, wanted, { secretRef: { name: accessSecretName(cluster) } });
  const hub = [{ kind: 'Secret', name: accessSecretName(cluster), outcome: secret }, declared];
  return { kind: 'added', access: 'secret', target, hub, tokenSecret: made.secret, proof };
}

/** The token that the hub has, while the target still knows it. */
async function tokenInUse(world: ClusterWorld, cluster: string) {
  const { hub, namespace } = world;
  const secret = await hub.get({ kind: kinds.secret, namespace, name: accessSecretName(cluster) });
  const record = secret === undefined ? null : readAccessSecret(secret);
  if (record === null) return null;
  const live = await readToken(world, record.origin.secret);
  return live === null || live.token !== record.token ? null : { ...record.origin, ...live };
}

/** Another address than the context's may show a certificate of the cluster's own authority. */
function trusting({ ownAddress, address }: WantedCluster, clusterCa: string | null): ServerAddress {
  const isOwn = address.server === ownAddress.server;
  if (isOwn || address.skipsTlsVerify || clusterCa === null || address.ca?.trim() === clusterCa.trim()) return address;
  return { ...address, ca: address.ca === null ? clusterCa : `${address.ca.trimEnd()}\n${clusterCa}` };
}

/** Tries the access as the hub will have it; an address that is not to be reached from here is tried by the context's own. */
async function tryAccess(
  world: ClusterWorld,
  wanted: WantedCluster,
  record: ClusterAccessRecord,
  clusterCa: string | null,
): Promise<Proof> {
  const rights = neededRights('target', world.namespace, { kind: 'ourselves' });
  const prove = async (address: ServerAddress) => {
    const secret = accessSecret({ ...record, address }, world.namespace);
    return proveAccess(await world.reach(wanted.name, secret), world.clock, rights);
  };
  const proof = await prove(record.address);
  const { server } = record.address;
  if (proof.kind !== 'unreachable' || server === wanted.ownAddress.server) return proof;
  world.tell(
    `warning: ${server} does not answer here (${proof.message}); the token is tried at ${wanted.ownAddress.server} instead, and the daemon's /readyz will tell of the address`,
  );
  const own = { ...wanted.ownAddress, skipsTlsVerify: record.address.skipsTlsVerify };
  return prove({ ...own, ca: own.skipsTlsVerify ? null : (own.ca ?? clusterCa) });
}

function notProven({ name }: WantedCluster, proof: Exclude<Proof, { readonly kind: 'proven' }>): Refused {
  const why = proof.kind === 'unreachable' ? proof.message : proof.messages.join('; ');
  return refused(`adding cluster ${name}: the new access does not work, so the hub was told nothing: ${why}`);
}

/** Writes the hub's Secret. */
export async function writeSecret(
  { hub, namespace }: Pick<ClusterWorld, 'hub' | 'namespace'>,
  record: ClusterAccessRecord,
): Promise<WriteOutcome> {
  const secret = accessSecret(record, namespace);
  const before = await hub.get({ kind: kinds.secret, namespace, name: secret.metadata.name });
  return outcomeOf(before, await hub.apply(secret, kinds.secret, { fieldManager: FIELD_MANAGER, force: true }));
}

async function declare(
  { hub, namespace }: ClusterWorld,
  wanted: WantedCluster,
  access: object,
): Promise<AddedCluster['hub'][number]> {
  const { name, metrics } = wanted;
  const ref = { kind: kinds.cluster, namespace, name };
  const write = { fieldManager: FIELD_MANAGER };
  const before = await hub.get(ref);
  // labels are other people's, and an apply would leave beside ours an access that is not its own
  const spec = { access: { context: null, inCluster: null, secretRef: null, ...access }, metrics };
  const after =
    before === undefined
      ? await hub.apply(clusterObject(wanted, namespace, access), kinds.cluster, { ...write, force: true })
      : await hub.mergePatch(ref, { spec }, write);
  return { kind: 'Cluster', name, outcome: outcomeOf(before, after) };
}

/** The Cluster object. */
export function clusterObject(
  { name, metrics }: Pick<WantedCluster, 'name' | 'metrics'>,
  namespace: string,
  access: object,
): KubernetesObject {
  return {
    apiVersion: API_VERSION,
    kind: 'Cluster',
    metadata: { name, namespace },
    spec: { access, metrics },
  };
}
