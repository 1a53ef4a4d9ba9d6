import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../../src/ports/kubernetes-api.ts';

/** One call of the daemon, and the right that it takes. */
export interface Call {
  /** `patch rollouts/status.argoproj.io` */
  readonly right: string;
  readonly perform: (api: KubernetesApi, namespace: string) => Promise<unknown>;
}

const write = { fieldManager: FIELD_MANAGER };
const onStatus = { ...write, subresource: 'status' } as const;
const HASH = 'c0ffee00'.repeat(8);
const labels = { app: 'shop' };

/** An object that is made for the calls below: `taken` is there, `fresh` is not. */
type Made = 'taken' | 'fresh';

function objectOf(kind: ResourceKind, name: Made, namespace: string, content: object): KubernetesObject {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return { apiVersion, kind: kind.kind, metadata: { name, namespace }, ...content };
}

const contents = new Map<ResourceKind, object>([
  [kinds.service, { spec: { selector: labels, ports: [{ name: 'http', port: 80 }] } }],
  [kinds.podDisruptionBudget, { spec: { maxUnavailable: 1, selector: { matchLabels: labels } } }],
  [
    kinds.analysisTemplate,
    {
      spec: {
        metrics: [{ name: 'a', provider: { prometheus: { address: 'http://127.0.0.1:9', query: 'vector(1)' } } }],
      },
    },
  ],
  [
    kinds.rollout,
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } },
        strategy: { canary: { steps: [{ setWeight: 10 }, { pause: {} }] } },
      },
    },
  ],
  [
    kinds.release,
    {
      spec: {
        workload: 'shop',
        version: { name: '1', images: { app: `registry.example/app@sha256:${'a'.repeat(64)}` } },
        plan: 'quick',
      },
    },
  ],
  [kinds.planSlice, { spec: { release: 'shop-1', planHash: HASH, index: 0, count: 1, part: '{}' } }],
  [kinds.waveRun, { spec: { release: 'shop-1', planHash: HASH, wave: 'free', index: 0 } }],
  [kinds.webhook, { spec: { url: 'https://alerts.example.com/tidegate' } }],
  [kinds.lease, { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } }],
  [kinds.secret, { stringData: { token: 'secret' } }],
]);

/** Makes what the calls read and change. */
export async function prepareCalls(admin: KubernetesApi, namespace: string): Promise<void> {
  for (const [kind, content] of contents)
    await admin.create(objectOf(kind, 'taken', namespace, content), kind, { fieldManager: 'admin' });
}

/** An event has to be where the object is that it is about. */
const createEvent: Call = {
  right: 'create events',
  perform: (api, namespace) => {
    const content = {
      involvedObject: { kind: 'Release', name: 'taken', namespace },
      reason: 'WavePassed',
      type: 'Normal',
    };
    return api.create(objectOf(kinds.event, 'fresh', namespace, content), kinds.event, { ...write, dryRun: true });
  },
};

const nameOf = ({ plural, group }: ResourceKind, subresource = '') =>
  `${plural}${subresource}${group === '' ? '' : `.${group}`}`;

const get = (kind: ResourceKind): Call => ({
  right: `get ${nameOf(kind)}`,
  perform: (api, namespace) => {
    const place = kind.namespaced ? { namespace, name: 'taken' } : { namespace: null, name: namespace };
    return api.get({ kind, ...place });
  },
});

const list = (kind: ResourceKind, isEverywhere = false): Call => ({
  right: `list ${nameOf(kind)}`,
  perform: (api, namespace) => api.list(kind, { namespace: isEverywhere ? null : namespace, limit: 1 }),
});

const watch = (kind: ResourceKind, isEverywhere = false): Call => ({
  right: `watch ${nameOf(kind)}`,
  async perform(api, namespace) {
    const place = isEverywhere ? null : namespace;
    const { signal, abort } = abortable();
    // from no version: begins with what is there
    for await (const _ of api.watch(kind, { namespace: place, resourceVersion: '0', signal })) abort();
  },
});

const create = (kind: ResourceKind): Call => ({
  right: `create ${nameOf(kind)}`,
  perform: (api, namespace) =>
    api.create(objectOf(kind, 'fresh', namespace, contents.get(kind)!), kind, { ...write, dryRun: true }),
});

const apply = (kind: ResourceKind, name: Made): Call => ({
  right: `${name === 'taken' ? 'patch' : 'create'} ${nameOf(kind)}`,
  perform: (api, namespace) =>
    api.apply(objectOf(kind, name, namespace, contents.get(kind)!), kind, { ...write, force: true }),
});

const patch = (kind: ResourceKind): Call => ({
  right: `patch ${nameOf(kind)}`,
  perform: (api, namespace) => {
    const notes = { metadata: { annotations: { 'tidegate.dev/epoch': '1' } } };
    return api.mergePatch({ kind, namespace, name: 'taken' }, notes, write);
  },
});

const patchStatus = (kind: ResourceKind, status: object): Call => ({
  right: `patch ${nameOf(kind, '/status')}`,
  perform: (api, namespace) => api.mergePatch({ kind, namespace, name: 'taken' }, { status }, onStatus),
});

/** What a quiet watch is ended by. */
const QUIET_MS = 3000;

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const heard = new AbortController();
  return { signal: AbortSignal.any([heard.signal, AbortSignal.timeout(QUIET_MS)]), abort: () => heard.abort() };
}

/** Every call of the daemon in its hub, one for each right. */
export const hubCalls: readonly Call[] = [
  ...[kinds.metricSource, kinds.cluster, kinds.pool, kinds.workload, kinds.wavePlan].map((kind) => list(kind)),
  ...[kinds.tenant, kinds.release, kinds.approval, kinds.freeze, kinds.rollback, kinds.webhook].flatMap((kind) => [
    list(kind),
    watch(kind),
  ]),
  patchStatus(kinds.release, { phase: 'Pending', message: 'planned' }),
  patchStatus(kinds.webhook, { told: [] }),
  createEvent,
  get(kinds.planSlice),
  create(kinds.planSlice),
  list(kinds.waveRun),
  create(kinds.waveRun),
  patchStatus(kinds.waveRun, { targets: [] }),
  get(kinds.lease),
  create(kinds.lease),
  patch(kinds.lease),
  get(kinds.secret),
];

/** Every call of the daemon in a cluster that it releases to, one for each right. */
export const targetCalls: readonly Call[] = [
  get(kinds.rollout),
  list(kinds.rollout, true),
  watch(kinds.rollout, true),
  create(kinds.rollout),
  patch(kinds.rollout),
  patchStatus(kinds.rollout, { abort: null }),
  apply(kinds.analysisTemplate, 'fresh'),
  apply(kinds.analysisTemplate, 'taken'),
  apply(kinds.podDisruptionBudget, 'fresh'),
  apply(kinds.podDisruptionBudget, 'taken'),
  get(kinds.service),
  create(kinds.service),
  list(kinds.replicaSet),
  get(kinds.namespace),
  list(kinds.resourceQuota),
];
