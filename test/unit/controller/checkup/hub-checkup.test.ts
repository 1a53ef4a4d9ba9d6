import { describe, expect, test } from 'vitest';
import { crds } from '../../../../src/config/crds.ts';
import { checkHub } from '../../../../src/controller/checkup/cluster-checkup.ts';
import type { Rightholder } from '../../../../src/controller/checkup/rights.ts';
import { kinds } from '../../../../src/ports/kinds.ts';
import { createVirtualClock, type VirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi, type InProcessOptions } from '../../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore, type Store } from '../../../../src/sandbox/kubernetes/store.ts';
import { brief, drive, RIGHTS } from './a-checked-cluster.ts';

const us = { fieldManager: 'tidegate' };
const LEASE = { namespace: 'default', name: 'tidegate' };
const definition = (name: string) => ({ kind: kinds.customResourceDefinition, namespace: null, name });

interface Look {
  readonly plant?: (store: Store, clock: VirtualClock) => void;
  readonly client?: InProcessOptions;
  readonly of?: Rightholder;
}

async function lookAt({ plant, client, of = { kind: 'ourselves' } }: Look = {}) {
  const clock = createVirtualClock();
  const store = createStore({ clock, cluster: 'hub' });
  for (const crd of crds()) store.create(crd, kinds.customResourceDefinition, us);
  plant?.(store, clock);
  const api = createInProcessApi(store, client);
  const rights = async () => ({ rights: RIGHTS, of, remedy: 'run tidegate install' });
  return drive(clock, checkHub({ api, rights, definitions: crds(), lease: LEASE, more: [] }, clock));
}

function leader(store: Store, clock: VirtualClock, ageMs: number): void {
  const renewTime = new Date(clock.now() - ageMs).toISOString();
  const spec = { holderIdentity: 'host-1', renewTime };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: LEASE, spec };
  store.create(lease, kinds.lease, us);
}

describe('the checkup of a hub', () => {
  test('finds nothing wrong with one whose daemon leads', async () => {
    const findings = await lookAt({ plant: (store, clock) => leader(store, clock, 3_000) });
    expect(brief(findings)).toEqual([
      'ok api server ApiServerAnswers',
      'ok own kinds KindsCurrent',
      'ok rights RightsGranted',
      'ok daemon DaemonLeads',
    ]);
  });

  test.for<Look & { readonly when: string; readonly tells: string; readonly says: string }>([
    {
      when: 'a kind is not installed',
      plant: (store) => void store.delete(definition('freezes.tidegate.dev')),
      tells: 'error own kinds KindMissing',
      says: 'freezes.tidegate.dev',
    },
    {
      when: 'a kind is of another version',
      plant: (store) => {
        const pools = definition('pools.tidegate.dev');
        const { spec } = structuredClone(store.get(pools)) as unknown as {
          spec: { versions: { schema: { openAPIV3Schema: { description: string } } }[] };
        };
        spec.versions[0]!.schema.openAPIV3Schema.description = 'of last year';
        store.mergePatch(pools, { spec }, us);
      },
      tells: 'warning own kinds KindOutdated',
      says: 'pools.tidegate.dev',
    },
    {
      when: 'a kind is not served',
      plant: (store) =>
        void store.mergePatch(
          definition('pools.tidegate.dev'),
          { status: { conditions: [{ type: 'Established', status: 'False' }] } },
          { ...us, subresource: 'status' },
        ),
      tells: 'error own kinds KindNotServed',
      says: 'pools.tidegate.dev',
    },
    {
      when: 'the account of the daemon has no rights',
      of: { kind: 'user', user: { name: 'system:nobody', groups: [] } },
      tells: 'error rights RightMissing',
      says: 'system:nobody may not get services',
    },
    { when: 'there never was a daemon', tells: 'warning daemon NoDaemon', says: 'no daemon leads' },
    {
      when: 'the daemon died',
      plant: (store, clock) => leader(store, clock, 600_000),
      tells: 'warning daemon NoDaemon',
      says: 'host-1 was heard last, 600 seconds ago',
    },
  ])('tells when $when', async ({ tells, says, ...look }) => {
    const found = (await lookAt(look)).filter((finding) => brief([finding])[0] === tells);
    expect(found.map(({ message }) => message).join('\n')).toContain(says);
    expect(found.every(({ remedy }) => remedy !== null)).toBe(true);
  });
});
