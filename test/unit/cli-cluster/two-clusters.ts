import { secretAccess } from '../../../src/adapters/kubernetes/index.ts';
import { storedIn } from '../../../src/cli/cluster/access-secret.ts';
import type { WantedCluster } from '../../../src/cli/cluster/add-cluster.ts';
import type { ClusterWorld } from '../../../src/cli/cluster/cluster-world.ts';
import { declaredFleet } from '../../../src/cli/cluster/declared-clusters.ts';
import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import { TerminalError, TransientError } from '../../../src/domain/errors.ts';
import { instant } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { createInProcessApi, type InProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

export const NAMESPACE = 'tidegate-system';
const us = { fieldManager: 'kubectl' };
const HOSTS = { hub: 'https://hub.example', eu: 'https://eu.example', us: 'https://us.example' } as const;
export type Place = keyof typeof HOSTS;

/** What may be other than it should be. */
export interface Circumstances {
  /** Whether a controller fills Secrets of tokens. @default true */
  fillsTokens: boolean;
  /** What the daemon's account may not do in a target: `create services`. @default nothing */
  lacks: string | null;
  /** Addresses that nobody answers at. */
  readonly dead: Set<string>;
}

/** A hub, two more clusters, and everything that was told. */
export interface TwoClusters {
  readonly apis: Readonly<Record<Place, InProcessApi>>;
  readonly circumstances: Circumstances;
  readonly told: readonly string[];
  /** Addresses at which an access was tried. */
  readonly tried: readonly string[];
  world(target: Place): ClusterWorld;
  /** `cluster add TARGET --name NAME`, with what is said beside it. */
  wanted(target: Place, change?: Partial<WantedCluster>): Promise<WantedCluster>;
  secrets(place: Place): Promise<readonly KubernetesObject[]>;
}

/** Clusters without a network, and a clock that nobody waits for. */
export async function twoClusters(): Promise<TwoClusters> {
  const clock = hastyClock();
  const circumstances: Circumstances = { fillsTokens: true, lacks: null, dead: new Set() };
  const told: string[] = [];
  const tried: string[] = [];
  const stores = {
    hub: createStore({ clock, cluster: 'hub' }),
    eu: createStore({ clock, cluster: 'eu' }),
    us: createStore({ clock, cluster: 'us' }),
  };
  const apis = {
    hub: createInProcessApi(stores.hub),
    eu: createInProcessApi(stores.eu),
    us: createInProcessApi(stores.us),
  };
  await install(apis.hub, clock, installedObjects(NAMESPACE));
  const labels = { tenant: 'tenant_id' };
  await declare('MetricSource', 'prom', { url: 'http://prometheus', labels });
  let sequence = 0;

  async function declare(kind: string, name: string, spec: object): Promise<void> {
    const object = { apiVersion: 'tidegate.dev/v1alpha1', kind, metadata: { name, namespace: NAMESPACE }, spec };
    await apis.hub.apply(object, kinds.metricSource, { ...us, force: true });
  }

  /** As an administrator, in a cluster where a controller makes tokens. */
  function administered(place: Place): InProcessApi {
    const api = apis[place];
    return {
      ...api,
      async create(object, kind, options) {
        const isToken = object['type'] === 'kubernetes.io/service-account-token' && circumstances.fillsTokens;
        sequence += isToken ? 1 : 0;
        const data = { token: base64(`token-${sequence}-of-${place}`), 'ca.crt': base64(`CA of ${place}`) };
        return api.create(isToken ? { ...object, data } : object, kind, options);
      },
    };
  }

  async function reach(_: string, secret: KubernetesObject) {
    await secretAccess(secret);
    const { address, token } = storedIn(secret)!;
    tried.push(address.server);
    const place = (Object.keys(HOSTS) as Place[]).find((one) => token.endsWith(`-of-${one}`))!;
    const { items } = await apis[place].list(kinds.secret, { namespace: NAMESPACE });
    const isKnown = items.some((item) => (item['data'] as Record<string, string>)['token'] === base64(token));
    const may = ({ verb, resource }: { verb: string; resource: string }) =>
      circumstances.lacks !== `${verb} ${resource}`;
    const api = createInProcessApi(stores[place], { user: { token, name: 'tidegate', groups: [], may } });
    return {
      ...api,
      identify: async () => {
        if (circumstances.dead.has(address.server)) throw new TransientError('the connection failed (ETIMEDOUT)');
        if (!isKnown) throw new TerminalError('the credentials were refused (401)');
        return api.identify();
      },
    };
  }

  return {
    apis,
    circumstances,
    told,
    tried,
    world: (target) => ({
      hub: apis.hub,
      target: administered(target),
      namespace: NAMESPACE,
      clock,
      random: () => (sequence + 1) / 1000,
      reach,
      tell: (line) => void told.push(line),
    }),
    async wanted(target, change = {}) {
      const own = { server: HOSTS[target], proxyUrl: null, ca: `CA of ${target}`, tlsServerName: null };
      const address = { ...own, skipsTlsVerify: false };
      const name = change.name ?? target;
      const { clusters } = await declaredFleet(apis.hub, NAMESPACE);
      const declared = clusters.find((one) => one.name === name) ?? null;
      const said = { name, context: target, metrics: 'prom', ownAddress: address, address, declared };
      return { ...said, isReplacing: false, ...change };
    },
    secrets: async (place) => (await apis[place].list(kinds.secret, { namespace: NAMESPACE })).items,
  };
}

/** Time that passes as soon as somebody waits. */
function hastyClock(): Clock {
  let now = Date.parse('2026-11-22T12:00:00Z');
  return {
    now: () => instant(now),
    sleep: async (ms) => {
      now += ms;
    },
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
