import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import { createEventNotifier } from '../adapters/events/event-notifier.ts';
import { createHubStore } from '../adapters/hub/hub-store.ts';
import type { HubReport } from '../adapters/hub/hub-watch.ts';
import {
  type ClusterAccess,
  type ConnectedKubernetesApi,
  contextAddress,
  createKubernetesApi,
  inClusterAccess,
  kubeconfigAccess,
  type ServerAddress,
  secretAccess,
} from '../adapters/kubernetes/index.ts';
import type { KubeconfigChoice } from '../adapters/kubernetes/kubeconfig-access.ts';
import { createPlainQueries } from '../adapters/prometheus/plain-queries.ts';
import { accessFromSecret } from '../adapters/prometheus/prometheus-access.ts';
import { createPrometheusProbe } from '../adapters/prometheus/prometheus-probe.ts';
import { createQueriedSource } from '../adapters/prometheus/queried-source.ts';
import { createWebhookNotifier } from '../adapters/webhook/webhook-notifier.ts';
import { createWebhookStore } from '../adapters/webhook/webhook-store.ts';
import { TerminalError } from '../domain/errors.ts';
import type { Cluster, MetricSourceSpec } from '../domain/fleet.ts';
import type { SecretEntry, Webhook } from '../domain/webhook.ts';
import type { Clock } from '../ports/clock.ts';
import type { GroupedQueries } from '../ports/grouped-queries.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesObject } from '../ports/kubernetes-api.ts';
import type { MetricSource, MetricSourceProbe } from '../ports/metric-source.ts';
import type { Notifier, WebhookStore } from '../ports/notifier.ts';
import type { PlainQueries } from '../ports/plain-queries.ts';
import type { ReleaseStore } from '../ports/release-store.ts';
import type { HubOptions } from './command.ts';
import { sendableSecret } from './sendable-secret.ts';

/** What messages and metrics call the hub. */
export const HUB = 'hub';

/** Where the hub is, as its options say. */
export type HubChoice = Pick<HubOptions, 'kubeconfig' | 'context' | 'namespace'>;

/** The hub and everything that is reached through it. */
export interface HubConnection {
  readonly api: ConnectedKubernetesApi;
  readonly namespace: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1, spreads retries. */
  readonly random: () => number;
  /** For messages: `context hub of kubeconfig …`. */
  readonly description: string;
  /** The release store; `report` is told of what is left out. */
  store(report: HubReport): ReleaseStore;
  /** A cluster's API. Nothing is sent, and no Secret read, before its first call. */
  connectCluster(cluster: Cluster): ConnectedKubernetesApi;
  /** The API behind a context of one's own kubeconfig, plug-ins and files of it included. @throws InvalidInput when there is none */
  connectContext(context: string): Promise<ConnectedKubernetesApi>;
  /** The API that a Secret leads to, be the Secret in the hub or not yet. @throws InvalidInput when it would be refused there */
  connectSecret(cluster: string, secret: KubernetesObject): Promise<ConnectedKubernetesApi>;
  /** A source's adapter. Its Secret is read before its first measurement, and again after a refusal. */
  openSource(source: MetricSourceSpec): MetricSource;
  /** The same server, asked about itself; its Secret is read before each question. */
  probeSource(source: MetricSourceSpec): MetricSourceProbe;
  /** The same server, for queries as somebody wrote them; its Secret is read once. */
  openQueries(source: MetricSourceSpec): Promise<PlainQueries>;
  /** News as Kubernetes events beside the Releases. */
  events(): Notifier;
  /** The Webhook objects; `report` is told of those that cannot be read. */
  webhooks(report: (message: string) => void): WebhookStore;
  /** One Webhook's receiver. Its Secrets are read before each delivery. */
  openWebhook(webhook: Webhook): Notifier;
  /** Ends every connection that was opened here. */
  close(): Promise<void>;
}

/** Connects to the hub; every API goes through `meter`. @throws InvalidInput when there is no kubeconfig, no such context, and no pod around us */
export async function connectHub(
  choice: HubChoice,
  meter: (api: ConnectedKubernetesApi) => ConnectedKubernetesApi = (api) => api,
): Promise<HubConnection> {
  const clock = createSystemClock();
  const access = await hubAccess(choice);
  const api = meter(createKubernetesApi({ cluster: HUB, access, clock }));
  const opened: ConnectedKubernetesApi[] = [api];
  const connect = (cluster: string, access: ClusterAccess): ConnectedKubernetesApi => {
    const connected = meter(createKubernetesApi({ cluster, access, clock }));
    opened.push(connected);
    return connected;
  };
  return {
    api,
    namespace: choice.namespace,
    clock,
    random: Math.random,
    description: access.description,
    store: (report) => createHubStore({ api, namespace: choice.namespace, clock, random: Math.random, report }),
    connectCluster: (cluster) => connect(cluster.name, clusterAccess(cluster, choice, api)),
    connectContext: async (context) => connect(context, await kubeconfigAccess(kubeconfigChoice(choice, context))),
    connectSecret: async (cluster, secret) => connect(cluster, await secretAccess(secret)),
    openSource: (source) => openSource(source, api, clock),
    probeSource: (source) => probeSource(source, api),
    openQueries: (source) => openQueries(source, api),
    events: () => createEventNotifier(api, choice.namespace),
    webhooks: (report) => createWebhookStore({ api, namespace: choice.namespace, clock, random: Math.random, report }),
    openWebhook: (webhook) =>
      createWebhookNotifier(webhook, {
        clock,
        namespace: choice.namespace,
        secret: (entry) => readEntry(api, entry, `reading the secrets of webhook ${webhook.name}`),
      }),
    async close() {
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

/** The address behind a context of one's own kubeconfig; runs nothing and asks nobody. @throws InvalidInput when there is none */
export function addressOf(choice: HubChoice, context: string | null): Promise<ServerAddress> {
  return contextAddress(kubeconfigChoice(choice, context));
}

/** A named kubeconfig, else the usual ones, else the service account of the pod. */
function hubAccess(choice: HubChoice): Promise<ClusterAccess> {
  const isNamed = choice.kubeconfig !== undefined || choice.context !== undefined;
  const isUsual = Boolean(process.env['KUBECONFIG']) || existsSync(join(homedir(), '.kube', 'config'));
  if (!isNamed && !isUsual && process.env['KUBERNETES_SERVICE_HOST'] !== undefined) return inClusterAccess();
  return kubeconfigAccess(kubeconfigChoice(choice, choice.context ?? null));
}

function kubeconfigChoice(choice: HubChoice, context: string | null): KubeconfigChoice {
  return choice.kubeconfig === undefined ? { context } : { path: choice.kubeconfig, context };
}

/** How a Cluster object says that it is reached. */
function clusterAccess({ name, access }: Cluster, choice: HubChoice, hub: ConnectedKubernetesApi): ClusterAccess {
  const lazily = (description: string, find: () => Promise<ClusterAccess>): ClusterAccess => ({
    description,
    open: async () => (await find()).open(),
  });
  switch (access.kind) {
    case 'context':
      return lazily(`context ${access.context}`, () => kubeconfigAccess(kubeconfigChoice(choice, access.context)));
    case 'inCluster':
      // Outside of a pod, as on a person's machine, the cluster of the daemon's pod is the hub.
      if (process.env['KUBERNETES_SERVICE_HOST'] === undefined)
        return lazily('the cluster of the hub', () => hubAccess(choice));
      return lazily('the service account of this pod', () => inClusterAccess());
    case 'secretRef': {
      const what = `reading the access of cluster ${name}`;
      return lazily(`secret ${access.namespace}/${access.name}`, async () =>
        secretAccess(await readSecret(hub, access, what)),
      );
    }
  }
}

async function readSecret(
  hub: ConnectedKubernetesApi,
  ref: { readonly namespace: string; readonly name: string },
  what: string,
): Promise<KubernetesObject> {
  const secret = await hub.get({ kind: kinds.secret, namespace: ref.namespace, name: ref.name });
  if (secret !== undefined) return sendableSecret(secret, what);
  throw new TerminalError(`${what}: secret ${ref.namespace}/${ref.name} is not in the hub, create it`);
}

/** The text of one entry; a line break at its end, as files have, does not count. */
async function readEntry(hub: ConnectedKubernetesApi, entry: SecretEntry, what: string): Promise<string> {
  const text = decoded(await readSecret(hub, entry, what))[entry.key];
  if (text !== undefined) return text.replace(/\r?\n$/, '');
  throw new TerminalError(`${what}: secret ${entry.namespace}/${entry.name} has no entry ${entry.key}, add it`);
}

function openSource(spec: MetricSourceSpec, hub: ConnectedKubernetesApi, clock: Clock): MetricSource & GroupedQueries {
  const { auth } = spec;
  const parts = { clock, random: Math.random };
  if (auth.kind === 'none') return createQueriedSource(spec, parts);
  let opening: Promise<MetricSource & GroupedQueries> | null = null;
  const open = async () => {
    const secret = await readSecret(hub, auth, `reading the credentials of metric source ${spec.name}`);
    return createQueriedSource(spec, parts, accessFromSecret(decoded(secret)));
  };
  return {
    name: spec.name,
    async measure(request, signal) {
      opening ??= open();
      try {
        return await (await opening).measure(request, signal);
      } catch (error) {
        if (error instanceof TerminalError) opening = null;
        throw error;
      }
    },
    async evaluate(round, signal) {
      opening ??= open();
      try {
        return await (await opening).evaluate(round, signal);
      } catch (error) {
        opening = null;
        throw error;
      }
    },
  };
}

function probeSource(spec: MetricSourceSpec, hub: ConnectedKubernetesApi): MetricSourceProbe {
  const { auth } = spec;
  if (auth.kind === 'none') return createPrometheusProbe(spec);
  const open = async (): Promise<MetricSourceProbe> => {
    const secret = await readSecret(hub, auth, `reading the credentials of metric source ${spec.name}`);
    return createPrometheusProbe(spec, accessFromSecret(decoded(secret)));
  };
  return {
    name: spec.name,
    serverTime: async (signal) => (await open()).serverTime(signal),
    countSeries: async (slo, clusters, signal) => (await open()).countSeries(slo, clusters, signal),
  };
}

async function openQueries(spec: MetricSourceSpec, hub: ConnectedKubernetesApi): Promise<PlainQueries> {
  const { auth } = spec;
  if (auth.kind === 'none') return createPlainQueries(spec);
  const secret = await readSecret(hub, auth, `reading the credentials of metric source ${spec.name}`);
  return createPlainQueries(spec, accessFromSecret(decoded(secret)));
}

function decoded(secret: KubernetesObject): Readonly<Record<string, string>> {
  const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
