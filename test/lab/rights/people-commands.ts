import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, ResourceKind } from '../../../src/ports/kubernetes-api.ts';

/** What somebody with a role does: a command line of tidegate, or a call that kubectl makes for them. */
export type Deed =
  | { readonly by: 'tidegate'; readonly args: readonly string[] }
  | { readonly by: 'kubectl'; readonly perform: (api: KubernetesApi, namespace: string) => Promise<unknown> };

/** The release that is started, planned and steered. */
export const RELEASE = 'storefront-4.14.0';
/** Another, which nobody gets to start. */
export const NOT_STARTED = 'storefront-4.13.0';
/** Documents of every kind that a fleet has, in a file of the test. */
export const NEW_FLEET = 'NEW_FLEET';
/** An approval that is there. */
export const APPROVAL = 'mistaken';

const fileOf = (release: string) => `waves/releases/${release}.yaml`;
const tide = (...args: readonly string[]): Deed => ({ by: 'tidegate', args });
const act = (command: string, ...args: readonly string[]): Deed => tide('release', command, RELEASE, ...args);

const remove = (kind: ResourceKind, name: string): Deed => ({
  by: 'kubectl',
  perform: (api, namespace) => api.delete({ kind, namespace, name }),
});

const deeds = {
  plan: tide('plan'),
  list: tide('release', 'list'),
  status: act('status'),
  explain: tide('explain', 'acme'),
  attach: tide('release', 'start', '-f', fileOf(RELEASE)),
  start: tide('release', 'start', '-f', fileOf(NOT_STARTED)),
  pause: act('pause'),
  resume: act('resume'),
  rollback: act('rollback', '--reason', 'slow'),
  approve: act('approve', '--wave', 'enterprise'),
  withdraw: remove(kinds.approval, APPROVAL),
  declare: tide('apply', '-f', NEW_FLEET),
  watch: {
    by: 'kubectl',
    async perform(api, namespace) {
      const heard = new AbortController();
      const signal = AbortSignal.any([heard.signal, AbortSignal.timeout(5000)]);
      for await (const _ of api.watch(kinds.release, { namespace, resourceVersion: '0', signal })) heard.abort();
    },
  },
} as const satisfies Readonly<Record<string, Deed>>;

/** A right of a role in the hub, and what is not done without it. */
export type Row = readonly [right: string, deed: Deed];

const own = (verb: string, resource: string, deed: Deed): Row => [`${verb} ${resource}.tidegate.dev`, deed];
const FLEET = ['clusters', 'metricsources', 'pools', 'tenants', 'workloads', 'waveplans'];

/** What everybody does who follows releases. */
const looking: readonly Row[] = [
  ...FLEET.map((kind) => own('list', kind, deeds.plan)),
  own('get', 'planslices', deeds.status),
  own('list', 'approvals', deeds.status),
  own('list', 'waveruns', deeds.status),
  own('get', 'releases', deeds.status),
  own('list', 'releases', deeds.list),
];
const lookingDeeper: readonly Row[] = [
  own('list', 'freezes', deeds.explain),
  own('list', 'rollbacks', deeds.explain),
  own('watch', 'releases', deeds.watch),
];

const declared: readonly ResourceKind[] = [
  kinds.cluster,
  kinds.metricSource,
  kinds.pool,
  kinds.tenant,
  kinds.workload,
  kinds.wavePlan,
  kinds.webhook,
];

/** Each role for people in the hub: every right of it, with a deed that takes it. */
export const peopleRights: Readonly<Record<string, readonly Row[]>> = {
  'tidegate-viewer': [...looking, ...lookingDeeper],
  'tidegate-release-manager': [
    ...looking,
    ...lookingDeeper,
    own('create', 'releases', deeds.start),
    own('create', 'freezes', deeds.pause),
    own('get', 'freezes', deeds.resume),
    own('delete', 'freezes', deeds.resume),
    own('create', 'rollbacks', deeds.rollback),
  ],
  'tidegate-approver': [
    ...looking,
    ...lookingDeeper,
    own('create', 'approvals', deeds.approve),
    own('delete', 'approvals', deeds.withdraw),
  ],
  'tidegate-ci': [...looking, own('create', 'releases', deeds.start)],
  'tidegate-fleet-editor': [
    ...declared.flatMap((kind) => [
      own('list', kind.plural, deeds.declare),
      own('create', kind.plural, deeds.declare),
      own('patch', kind.plural, deeds.declare),
      own('delete', kind.plural, remove(kind, 'gone')),
    ]),
    own('list', 'releases', deeds.plan),
  ],
};

/** Deeds of each role in an order in which all of them can be done, by somebody who has the whole role. */
export const peopleDeeds: Readonly<Record<string, readonly Deed[]>> = {
  'tidegate-viewer': [deeds.plan, deeds.list, deeds.status, deeds.explain, deeds.watch],
  'tidegate-ci': [deeds.plan, deeds.attach, deeds.status],
  'tidegate-approver': [deeds.approve, deeds.withdraw, deeds.explain],
  'tidegate-release-manager': [deeds.attach, deeds.resume, deeds.pause, deeds.resume, deeds.rollback],
  'tidegate-fleet-editor': [deeds.declare, ...declared.map((kind) => remove(kind, 'gone')), deeds.plan],
};
