import { parse, stringify } from 'yaml';
import type { ServerAddress } from '../../adapters/kubernetes/index.ts';
import { formatInstant, type Instant, parseInstant } from '../../domain/time.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';

/** Where the token of an access comes from, and when. */
export interface TokenOrigin {
  /** The Secret in the target that holds the token. */
  readonly secret: string;
  readonly madeAt: Instant;
}

/** How the hub reaches a target: what its Secret there says. */
export interface ClusterAccessRecord {
  /** Name of the Cluster object. */
  readonly cluster: string;
  readonly address: ServerAddress;
  readonly token: string;
  readonly origin: TokenOrigin;
  /** Of the target's namespace `kube-system`: tells clusters apart, whatever they are called; `null`: not known. */
  readonly clusterUid: string | null;
  /** The administrator's context that made it, which a rotation takes unless it is told another. */
  readonly context: string;
}

/** What every Secret that we make for a Cluster carries. */
export const ACCESS_LABEL = { 'tidegate.dev/access': 'cluster' } as const;
const CLUSTER = 'tidegate.dev/cluster';
const TOKEN_SECRET = 'tidegate.dev/token-secret';
const TOKEN_MADE_AT = 'tidegate.dev/token-made-at';
const CLUSTER_UID = 'tidegate.dev/cluster-uid';
const CONTEXT = 'tidegate.dev/context';

const ACCOUNT = 'tidegate';

/** Name of the Secret in the hub. */
export function accessSecretName(cluster: string): string {
  return `cluster-${cluster}`;
}

/** The Secret of the hub: a kubeconfig that holds everything itself. */
export function accessSecret(record: ClusterAccessRecord, namespace: string): KubernetesObject {
  const { cluster, origin, clusterUid, context } = record;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: accessSecretName(cluster),
      namespace,
      labels: { ...ACCESS_LABEL, [CLUSTER]: cluster },
      annotations: {
        [TOKEN_SECRET]: origin.secret,
        [TOKEN_MADE_AT]: formatInstant(origin.madeAt),
        [CONTEXT]: context,
        ...(clusterUid === null ? {} : { [CLUSTER_UID]: clusterUid }),
      },
    },
    type: 'Opaque',
    data: { kubeconfig: base64(kubeconfigText(record)) },
  };
}

/** A kubeconfig with one cluster and one token: no plug-in, no path. */
export function kubeconfigText({ cluster, address, token }: Omit<ClusterAccessRecord, 'origin' | 'context'>): string {
  const { server, ca, tlsServerName, proxyUrl, skipsTlsVerify } = address;
  const trusted = {
    server,
    ...(ca === null ? {} : { 'certificate-authority-data': base64(ca) }),
    ...(tlsServerName === null ? {} : { 'tls-server-name': tlsServerName }),
    ...(proxyUrl === null ? {} : { 'proxy-url': proxyUrl }),
    ...(skipsTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
  };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [{ name: cluster, cluster: trusted }],
    users: [{ name: ACCOUNT, user: { token } }],
    contexts: [{ name: cluster, context: { cluster, user: ACCOUNT } }],
  };
  return stringify(document, { version: '1.1', lineWidth: 0 });
}

/** The record in a Secret that `accessSecret` made; `null` for any other. */
export function readAccessSecret(secret: KubernetesObject): ClusterAccessRecord | null {
  const { labels = {}, annotations = {} } = secret.metadata;
  const cluster = labels[CLUSTER];
  const tokenSecret = annotations[TOKEN_SECRET];
  const madeAt = parseInstant(annotations[TOKEN_MADE_AT] ?? '');
  const held = storedIn(secret);
  if (cluster === undefined || tokenSecret === undefined || madeAt === null || held === null) return null;
  return {
    cluster,
    ...held,
    origin: { secret: tokenSecret, madeAt },
    clusterUid: annotations[CLUSTER_UID] ?? null,
    context: annotations[CONTEXT] ?? '',
  };
}

interface StoredKubeconfig {
  readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, unknown>> }[];
  readonly users?: readonly { readonly user?: { readonly token?: string } }[];
}

/** Address and token in a Secret with a kubeconfig, whoever made it; `null` when it has none. */
export function storedIn(secret: KubernetesObject): Pick<ClusterAccessRecord, 'address' | 'token'> | null {
  const text = entryOf(secret, 'kubeconfig');
  if (text === null) return null;
  const document = readYaml(text) as StoredKubeconfig | null;
  const cluster = document?.clusters?.[0]?.cluster;
  const token = document?.users?.[0]?.user?.token;
  if (cluster === undefined || token === undefined) return null;
  const textOf = (field: string) => (typeof cluster[field] === 'string' ? cluster[field] : null);
  const ca = textOf('certificate-authority-data');
  const address: ServerAddress = {
    server: textOf('server') ?? '',
    proxyUrl: textOf('proxy-url'),
    ca: ca === null ? null : Buffer.from(ca, 'base64').toString('utf8'),
    tlsServerName: textOf('tls-server-name'),
    skipsTlsVerify: cluster['insecure-skip-tls-verify'] === true,
  };
  return { address, token };
}

/** The text of an entry; `null` when it is not there. */
export function entryOf(secret: KubernetesObject, key: string): string | null {
  const value = ((secret['data'] ?? {}) as Readonly<Record<string, string>>)[key];
  return value === undefined ? null : Buffer.from(value, 'base64').toString('utf8');
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
