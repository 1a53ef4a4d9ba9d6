import { describe, expect, test } from 'vitest';
import { TerminalError, TransientError } from '../../../../src/domain/errors.ts';
import { instant } from '../../../../src/domain/time.ts';
import { FIELD_MANAGER, kinds } from '../../../../src/ports/kinds.ts';
import type { SandboxUser } from '../../../../src/sandbox/kubernetes/review.ts';
import {
  aRollout,
  aTarget,
  brief,
  CLUSTER,
  type Look,
  lookAt,
  OURS,
  PLACE,
  type Planted,
} from './a-checked-cluster.ts';

const HEALTHY = [
  'ok api server ApiServerAnswers',
  'ok rights RightsGranted',
  'ok argo kinds ArgoCurrent',
  'ok argo controller ControllerFollows',
  'ok targets TargetsReady',
  'ok quota Room',
];

const us = { fieldManager: FIELD_MANAGER };
const storefront = { kind: kinds.rollout, namespace: PLACE, name: 'storefront' };
const definition = (name: string) => ({ kind: kinds.customResourceDefinition, namespace: null, name });
const touch = { spec: { template: { metadata: { annotations: { touched: 'yes' } } } } };

/** A user that may do all but what is denied, by resource. */
function without(...denied: readonly string[]): SandboxUser {
  const may: SandboxUser['may'] = ({ resource, subresource, verb }) =>
    !denied.includes(`${verb} ${subresource === '' ? resource : `${resource}/${subresource}`}`);
  return { token: 't', name: 'daemon', groups: [], may };
}

function quota({ store }: Planted, used: string): void {
  const object = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'pods', namespace: PLACE } };
  store.create({ ...object, spec: { hard: { pods: '4' } } }, kinds.resourceQuota, us);
  const ref = { kind: kinds.resourceQuota, namespace: PLACE, name: 'pods' };
  store.mergePatch(ref, { status: { hard: { pods: '4' }, used: { pods: used } } }, { ...us, subresource: 'status' });
}

function lease({ store, clock }: Planted, ageMs: number): void {
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argo-rollouts' } }, kinds.namespace, us);
  const metadata = { name: 'argo-rollouts-controller-lock', namespace: 'argo-rollouts' };
  const renewTime = new Date(clock.now() - ageMs).toISOString().replace('Z', '000Z');
  store.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { renewTime } }, kinds.lease, us);
}

/** A change that the controller, stopped, does not take. */
function unseenChange({ world, store }: Planted): void {
  world.argo(CLUSTER).stop();
  store.mergePatch(storefront, touch, us);
}

/** As the controller would say that it has looked at one Rollout. */
function takeOne(store: Planted['store']): void {
  const { generation } = store.get(storefront)!.metadata;
  store.mergePatch(
    storefront,
    { status: { observedGeneration: String(generation) } },
    { ...us, subresource: 'status' },
  );
}

function shortened({ store }: Planted): void {
  const rollouts = definition('rollouts.argoproj.io');
  const live = store.get(rollouts) as unknown as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: { status: { properties: object } } } } }[] };
  };
  const copy = structuredClone(live);
  delete (copy.spec.versions[0]!.schema.openAPIV3Schema.properties.status.properties as { abortedAt?: object })
    .abortedAt;
  store.mergePatch(rollouts, { spec: copy.spec }, us);
}

interface Case extends Look {
  readonly when: string;
  readonly tells: string;
  /** A part of the message, and one of the remedy. */
  readonly says: readonly [message: string, remedy: string];
}

const UNREACHABLE = { identify: () => Promise.reject(new TransientError('get version: ECONNREFUSED')) };
const REFUSED = {
  identify: () => Promise.reject(new TerminalError('get version: the credentials were refused (401)')),
};
const skewed =
  (ms: number): NonNullable<Look['identify']> =>
  async () => ({ version: 'v1.34.1', clockAt: instant(Date.UTC(2026, 0, 5, 9, 1) + ms) });

const cases: readonly Case[] = [
  {
    when: 'a right is missing',
    client: { user: without('patch rollouts/status') },
    tells: 'error rights RightMissing',
    says: ['may not patch rollouts.argoproj.io/status', 'tidegate install --target'],
  },
  {
    when: 'definitions may not be read',
    client: { user: without('get customresourcedefinitions') },
    tells: 'ok argo kinds ArgoServed',
    says: ['do not show the definition', ''],
  },
  {
    when: 'Argo Rollouts is not installed',
    plant: ({ store }) => void store.delete(definition('analysistemplates.argoproj.io')),
    tells: 'error argo kinds ArgoMissing',
    says: ['analysistemplates.argoproj.io', 'install Argo Rollouts'],
  },
  {
    when: 'its definition is older than what is needed',
    plant: shortened,
    tells: 'error argo kinds ArgoTooOld',
    says: ['has no status.abortedAt', 'install Argo Rollouts'],
  },
  {
    when: 'its controller took no change for a while',
    plant: unseenChange,
    tells: 'error argo controller ControllerSilent',
    says: ['1 of 1 Rollout changed without being looked at for 5 seconds: pool-free/storefront', 'start the Argo'],
  },
  {
    when: 'its controller runs, and lost a change',
    plant: (planted) => {
      unseenChange(planted);
      lease(planted, 2_000);
    },
    tells: 'warning argo controller ChangeNotTaken',
    says: ['pool-free/storefront', 'any touch wakes it'],
  },
  {
    when: "its leader's Lease is old",
    plant: (planted) => lease(planted, 300_000),
    tells: 'error argo controller ControllerSilent',
    says: ['Lease last 300 seconds ago', 'start the Argo'],
  },
  {
    when: "its leader's Lease is fresh",
    plant: (planted) => lease(planted, 2_000),
    tells: 'ok argo controller ControllerAlive',
    says: ['renews its Lease', ''],
  },
  {
    when: 'a target has no namespace',
    targets: [aTarget(PLACE), aTarget('globex')],
    tells: 'error targets NamespaceMissing',
    says: ['1 of 2 targets have no namespace: globex/storefront', 'create the namespaces'],
  },
  {
    when: 'a target has no Rollout yet',
    targets: [aTarget(PLACE), aTarget('default')],
    tells: 'warning targets FirstDeploy',
    says: ['nothing to go back to: default/storefront', 'when they are new'],
  },
  {
    when: 'a Rollout that is said to exist does not',
    targets: [aTarget('default', ['app'])],
    tells: 'error targets RolloutMissing',
    says: ['default/storefront', 'correct the name'],
  },
  {
    when: 'somebody else made the Rollout',
    plant: ({ store }) =>
      void store.mergePatch(storefront, { metadata: { labels: { 'app.kubernetes.io/managed-by': 'helm' } } }, us),
    tells: 'error targets ForeignOwner',
    says: ['that Tidegate did not make', 'tidegate adopt'],
  },
  {
    when: "somebody's Rollout was not adopted",
    targets: [aTarget(PLACE, ['app'])],
    tells: 'error targets NotAdopted',
    says: ['tidegate adopt storefront -n pool-free --prove', 'each of them'],
  },
  {
    when: "somebody's Rollout is blue-green",
    plant: ({ store }) => {
      const { spec, ...rest } = aRollout('default', {}) as unknown as { spec: object };
      const blueGreen = { ...rest, spec: { ...spec, strategy: { blueGreen: { activeService: 'storefront' } } } };
      store.create(blueGreen as never, kinds.rollout, us);
    },
    targets: [aTarget('default', ['app'])],
    tells: 'error targets BlueGreen',
    says: ['1 of 1 target cannot be released to', 'each of them'],
  },
  {
    when: 'its controller took some changes, and is late with others',
    plant: (planted) => {
      const { store, clock } = planted;
      unseenChange(planted);
      store.create(aRollout('default', OURS), kinds.rollout, us);
      void clock.sleep(1_000).then(() => takeOne(store));
    },
    tells: 'warning argo controller ControllerBehind',
    says: ['1 of 2 Rollouts changed', '--qps'],
  },
  {
    when: 'an update is under way',
    plant: async ({ store, clock }) => {
      store.mergePatch(storefront, touch, us);
      await clock.advance(60_000);
    },
    tells: 'error targets NotStable',
    says: ['in the middle of an update', 'finish or undo it'],
  },
  {
    when: 'a quota is full',
    plant: (planted) => quota(planted, '4'),
    tells: 'warning quota NoRoom',
    says: ['pool-free (quota pods has 4 of 4 pods)', 'raise the quota'],
  },
  {
    when: 'a quota has room',
    plant: (planted) => quota(planted, '3'),
    tells: 'ok quota Room',
    says: ['1 quota, all with room', ''],
  },
  {
    when: 'the clocks differ by some seconds',
    identify: skewed(-8_000),
    tells: 'warning clock ClockSkew',
    says: ['7 seconds behind ours', 'NTP'],
  },
  {
    when: 'the clocks differ by a minute',
    identify: skewed(65_000),
    tells: 'error clock ClockSkew',
    says: ['65 seconds ahead of ours', 'NTP'],
  },
  {
    when: 'the API server is old',
    identify: async () => ({ version: 'v1.24.7', clockAt: null }),
    tells: 'warning api server ApiServerOld',
    says: ['v1.24.7', 'upgrade'],
  },
];

describe('the checkup of a cluster', () => {
  test('finds nothing wrong with a healthy one', async () => {
    const { findings } = await lookAt();
    expect(brief(findings)).toEqual(HEALTHY);
    expect(findings.every(({ remedy }) => remedy === null)).toBe(true);
  });

  test.for(cases)('tells when $when', async ({ tells, says: [message, remedy], ...look }) => {
    const { findings } = await lookAt(look);
    const found = findings.filter((finding) => brief([finding])[0] === tells);
    expect(brief(found), brief(findings).join('\n')).toEqual([tells]);
    expect(found[0]!.message).toContain(message);
    expect(found[0]!.remedy ?? '').toContain(remedy);
  });

  test.for([
    { when: 'does not answer', look: UNREACHABLE, reason: 'ClusterUnreachable', says: 'ECONNREFUSED' },
    { when: 'refuses', look: REFUSED, reason: 'ClusterRefuses', says: '401' },
  ])('asks a server that $when nothing more', async ({ look, reason, says }) => {
    const calls: string[] = [];
    const { findings } = await lookAt({ ...look, client: { onCall: ({ verb }) => void calls.push(verb) } });
    expect(brief(findings)).toEqual([`error api server ${reason}`]);
    expect(findings[0]!.message).toContain(says);
    expect(calls).toEqual([]);
  });

  test('gives a server that hangs ten seconds', async () => {
    const { findings } = await lookAt({ identify: () => new Promise(() => undefined) });
    expect(findings).toMatchObject([{ level: 'error', check: 'api server', reason: 'TooLate' }]);
    expect(findings[0]!.message).toBe('no answer within 10 seconds');
  });

  test('tells of a resource without rights in each check that needs it', async () => {
    const { findings } = await lookAt({ client: { user: without('list rollouts') } });
    expect(brief(findings)).toEqual(
      expect.arrayContaining(['error rights RightMissing', 'error targets Refused', 'error argo controller Refused']),
    );
  });
});
