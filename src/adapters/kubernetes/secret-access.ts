import { parse } from 'yaml';
import { z } from 'zod';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type ClusterAndUser, newKubeConfig, openWithClientNode } from './client-node-access.ts';
import type { ClusterAccess, OpenAccess } from './cluster-access.ts';
import { pickFrom } from './kubeconfig-access.ts';
import { refuse } from './refusal.ts';

const argoCdConfig = z.looseObject({
  username: z.string().optional(),
  password: z.string().optional(),
  bearerToken: z.string().optional(),
  execProviderConfig: z.unknown().optional(),
  awsAuthConfig: z.unknown().optional(),
  proxyUrl: z.string().optional(),
  tlsClientConfig: z
    .looseObject({
      insecure: z.boolean().optional(),
      serverName: z.string().optional(),
      caData: z.string().optional(),
      certData: z.string().optional(),
      keyData: z.string().optional(),
    })
    .optional(),
});

const entry = z.looseObject({}).nullish();

const kubeconfigDocument = z.looseObject({
  clusters: z.array(z.looseObject({ name: z.string(), cluster: entry })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user: entry })).nullish(),
  contexts: z.array(z.looseObject({ name: z.string(), context: entry })).nullish(),
});

/** Fields that would run code, or read files, where the hub runs. */
const REFUSED_USER_FIELDS = ['exec', 'auth-provider', 'token-file', 'tokenFile', 'client-certificate', 'client-key'];
const REFUSED_CLUSTER_FIELDS = ['certificate-authority'];
const WAY_OUT = 'put a token or the data of a certificate into it, as tidegate cluster add CONTEXT does';

/**
 * A Secret that holds a kubeconfig (key `kubeconfig` or `value`), or a cluster Secret of Argo CD as it is.
 *
 * @throws InvalidInput when it is neither, or asks for a credential plug-in or a file: those would act inside the hub.
 */
export async function secretAccess(secret: KubernetesObject): Promise<ClusterAccess> {
  const description = `secret ${secret.metadata.namespace ?? 'default'}/${secret.metadata.name}`;
  const data = decodeData(secret.data);
  const open = async (): Promise<OpenAccess> =>
    openWithClientNode(await pickFromSecret(data, description), description);
  await open();
  return { description, open };
}

async function pickFromSecret(data: ReadonlyMap<string, string>, description: string): Promise<ClusterAndUser> {
  const kubeconfig = data.get('kubeconfig') ?? data.get('value');
  if (kubeconfig !== undefined) return await pickFromKubeconfig(kubeconfig, description);
  const server = data.get('server');
  const config = data.get('config');
  if (server !== undefined && config !== undefined) return pickFromArgoCd(server, config, description);
  throw refuse(description, 'data', 'expected a key kubeconfig, or the keys server and config of an Argo CD cluster');
}

async function pickFromKubeconfig(text: string, description: string): Promise<ClusterAndUser> {
  const document = kubeconfigDocument.safeParse(readYaml(text, description));
  if (!document.success) throw refuse(description, 'data.kubeconfig', 'is not a kubeconfig');
  for (const entry of document.data.clusters ?? [])
    refuseFields(entry.cluster, REFUSED_CLUSTER_FIELDS, `data.kubeconfig clusters ${entry.name}`, description);
  for (const entry of document.data.users ?? [])
    refuseFields(entry.user, REFUSED_USER_FIELDS, `data.kubeconfig users ${entry.name}`, description);
  const config = await newKubeConfig();
  // What was checked is what is loaded: the library's own YAML reader never sees the text.
  config.loadFromString(JSON.stringify(document.data));
  return pickFrom([config], config.getCurrentContext() ?? '', description);
}

function pickFromArgoCd(server: string, text: string, description: string): ClusterAndUser {
  const parsed = argoCdConfig.safeParse(readYaml(text, description));
  if (!parsed.success) throw refuse(description, 'data.config', 'is not the config of an Argo CD cluster');
  const config = parsed.data;
  refuseFields(config, ['execProviderConfig', 'awsAuthConfig'], 'data.config', description);
  const tls = config.tlsClientConfig ?? {};
  return {
    cluster: {
      name: 'cluster',
      server,
      skipTLSVerify: tls.insecure ?? false,
      ...(tls.caData ? { caData: tls.caData } : {}),
      ...(tls.serverName ? { tlsServerName: tls.serverName } : {}),
      ...(config.proxyUrl ? { proxyUrl: config.proxyUrl } : {}),
    },
    user: {
      name: 'user',
      ...(config.bearerToken ? { token: config.bearerToken } : {}),
      ...(config.username ? { username: config.username, password: config.password ?? '' } : {}),
      ...(tls.certData ? { certData: tls.certData } : {}),
      ...(tls.keyData ? { keyData: tls.keyData } : {}),
    },
  };
}

function refuseFields(entry: unknown, fields: readonly string[], path: string, description: string): void {
  if (typeof entry !== 'object' || entry === null) return;
  for (const field of fields)
    if (Object.hasOwn(entry, field) && Reflect.get(entry, field) != null)
      throw refuse(description, path, `${field} would run code or read files here; ${WAY_OUT}`);
}

/** JSON is YAML. The parser's own message would quote the text, which holds credentials. */
function readYaml(text: string, description: string): unknown {
  try {
    return parse(text);
  } catch {
    throw refuse(description, 'data', 'is neither YAML nor JSON');
  }
}

function decodeData(data: unknown): ReadonlyMap<string, string> {
  const entries = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  return new Map(entries.map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString('utf8')]));
}
