import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { type ClusterAndUser, newKubeConfig, openWithClientNode } from './client-node-access.ts';
import type { ClusterAccess, OpenAccess } from './cluster-access.ts';
import { refuse } from './refusal.ts';

/** Which kubeconfig, and which context in it. */
export interface KubeconfigChoice {
  /** @default the files of KUBECONFIG, else `~/.kube/config` */
  readonly path?: string;
  /** `null`: the file's current context. */
  readonly context: string | null;
}

/**
 * A context of the user's own kubeconfig. Credential plug-ins and files are taken as they are: it is the user's own.
 *
 * @throws InvalidInput when the file or the context is not there.
 */
export async function kubeconfigAccess(choice: KubeconfigChoice): Promise<ClusterAccess> {
  const paths = choice.path === undefined ? defaultPaths() : [choice.path];
  const place = `kubeconfig ${paths.join(delimiter)}`;
  const description = choice.context === null ? place : `context ${choice.context} of ${place}`;
  const open = async (): Promise<OpenAccess> =>
    openWithClientNode(await pick(paths, choice.context, place), description);
  await open();
  return { description, open };
}

/** Where an API server is, and what it is trusted by. */
export interface ServerAddress {
  /** As the kubeconfig says it. */
  readonly server: string;
  /** `null`: none. */
  readonly proxyUrl: string | null;
  /** PEM text; `null`: the platform's authorities. */
  readonly ca: string | null;
  /** The name in its certificate, where that is not the address's; `null`: it is. */
  readonly tlsServerName: string | null;
  readonly skipsTlsVerify: boolean;
}

/** The address behind a context. Reads no credential, and runs no plug-in. @throws InvalidInput when the file, the context or its authority is not there */
export async function contextAddress(choice: KubeconfigChoice): Promise<ServerAddress> {
  const paths = choice.path === undefined ? defaultPaths() : [choice.path];
  const place = `kubeconfig ${paths.join(delimiter)}`;
  const { cluster } = await pick(paths, choice.context, place);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    proxyUrl: cluster.proxyUrl ?? null,
    ca: authorityOf(cluster, place),
    tlsServerName: cluster.tlsServerName ?? null,
    skipsTlsVerify: cluster.skipTLSVerify ?? false,
  };
}

function authorityOf({ caData, caFile }: ClusterAndUser['cluster'], place: string): string | null {
  if (caData) return Buffer.from(caData, 'base64').toString('utf8');
  if (!caFile) return null;
  try {
    return readFileSync(caFile, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw refuse(place, 'certificate-authority', `${caFile} cannot be read (${code})`);
  }
}

/** In-cluster access by the pod's own service account. @throws InvalidInput outside a pod. */
export async function inClusterAccess(options: { readonly pathPrefix?: string } = {}): Promise<ClusterAccess> {
  const description = 'the service account of this pod';
  const open = async (): Promise<OpenAccess> => {
    if (!process.env.KUBERNETES_SERVICE_HOST || !process.env.KUBERNETES_SERVICE_PORT)
      throw refuse(description, '', 'this process does not run in a pod; give a context or a secret instead');
    const config = await newKubeConfig();
    config.loadFromCluster(options.pathPrefix);
    return openWithClientNode(pickFrom([config], config.getCurrentContext(), description), description);
  };
  await open();
  return { description, open };
}

async function pick(paths: readonly string[], context: string | null, place: string): Promise<ClusterAndUser> {
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) throw refuse(place, '', 'the file is not there; give another path or set KUBECONFIG');
  const configs: KubeConfig[] = [];
  for (const path of present) configs.push(await loadFile(path, place));
  const chosen = context ?? configs.map((config) => config.getCurrentContext()).find(Boolean);
  if (chosen === undefined) throw refuse(place, 'current-context', 'no context is chosen; name one');
  return pickFrom(configs, chosen, place);
}

async function loadFile(path: string, place: string): Promise<KubeConfig> {
  const config = await newKubeConfig();
  try {
    config.loadFromFile(path);
    return config;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it is not a kubeconfig';
    throw refuse(place, '', `${path} cannot be read (${code})`);
  }
}

/** The first file that holds a name wins, as with kubectl. */
export function pickFrom(configs: readonly KubeConfig[], name: string, place: string): ClusterAndUser {
  const contexts = configs.flatMap((config) => config.contexts);
  const context = contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    const known = contexts.map((candidate) => candidate.name).join(', ');
    throw refuse(place, 'contexts', `there is no context ${name}; there are: ${known === '' ? 'none' : known}`);
  }
  const cluster = configs.flatMap((config) => config.clusters).find((one) => one.name === context.cluster);
  const user = configs.flatMap((config) => config.users).find((one) => one.name === context.user);
  if (cluster === undefined)
    throw refuse(place, 'clusters', `context ${name} names cluster ${context.cluster}, which is not there`);
  if (user === undefined)
    throw refuse(place, 'users', `context ${name} names user ${context.user}, which is not there`);
  return { cluster, user };
}

function defaultPaths(): readonly string[] {
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
}
