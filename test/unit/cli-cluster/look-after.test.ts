import { beforeEach, describe, expect, test } from 'vitest';
import { accessSecretName, storedIn } from '../../../src/cli/cluster/access-secret.ts';
import { addCluster } from '../../../src/cli/cluster/add-cluster.ts';
import { declaredFleet, namedCluster } from '../../../src/cli/cluster/declared-clusters.ts';
import { removeCluster } from '../../../src/cli/cluster/remove-cluster.ts';
import { rotateToken } from '../../../src/cli/cluster/rotate-token.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { NAMESPACE, type Place, type TwoClusters, twoClusters } from './two-clusters.ts';

let two: TwoClusters;

beforeEach(async () => {
  two = await twoClusters();
  await addCluster(two.world('eu'), await two.wanted('eu'));
});

const fleet = () => declaredFleet(two.apis.hub, NAMESPACE);
const hubSecret = () => two.apis.hub.get({ kind: kinds.secret, namespace: NAMESPACE, name: accessSecretName('eu') });
const tokenInHub = async () => storedIn((await hubSecret())!)?.token;

async function declare(kind: 'Pool' | 'Tenant', name: string, spec: object): Promise<void> {
  const object = { apiVersion: 'tidegate.dev/v1alpha1', kind, metadata: { name, namespace: NAMESPACE }, spec };
  const resource = kind === 'Pool' ? kinds.pool : kinds.tenant;
  await two.apis.hub.apply(object, resource, { fieldManager: 'kubectl', force: true });
}

describe('rotating a token', () => {
  const rotate = async (target: Place) => rotateToken(two.world(target), namedCluster(await fleet(), 'eu'));

  test('gives the hub a new one that was tried, and ends the old one', async () => {
    const [old] = await two.secrets('eu');
    const rotated = await rotate('eu');
    expect(rotated).toMatchObject({ kind: 'rotated', endedSecret: old!.metadata.name });
    expect(await tokenInHub()).toBe('token-2-of-eu');
    const left = (await two.secrets('eu')).map(({ metadata }) => metadata.name);
    expect(left).toEqual([(rotated as { tokenSecret: string }).tokenSecret]);
  });

  test('keeps the old one when the new one lacks a right', async () => {
    two.circumstances.lacks = 'list rollouts';
    expect(await rotate('eu')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('the hub keeps the old one'),
    });
    expect(await tokenInHub()).toBe('token-1-of-eu');
    expect(await two.secrets('eu')).toHaveLength(1);
  });

  test('is refused by a context that leads to another cluster', async () => {
    expect(await rotate('us')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('leads to another cluster than eu'),
    });
    expect(await tokenInHub()).toBe('token-1-of-eu');
    expect(await two.secrets('us')).toEqual([]);
  });

  test('is refused for an access that was made otherwise, with the way to one that can be', async () => {
    const unmarked = { metadata: { labels: { 'tidegate.dev/cluster': null } } };
    const ref = { kind: kinds.secret, namespace: NAMESPACE, name: accessSecretName('eu') };
    await two.apis.hub.mergePatch(ref, unmarked, { fieldManager: 'kubectl' });
    expect(await rotate('eu')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('tidegate cluster add CONTEXT --name eu --replace'),
    });
  });
});

describe('removing a cluster', () => {
  const remove = async (change: { readonly target?: KubernetesApi; readonly isForced?: boolean } = {}) => {
    const known = await fleet();
    const cluster = namedCluster(known, 'eu');
    const removal = { hub: two.apis.hub, namespace: NAMESPACE, fleet: known, cluster };
    return removeCluster({ ...removal, target: change.target ?? null, isForced: change.isForced ?? false });
  };

  test('takes Cluster and Secret out of the hub, and says how the token ends', async () => {
    const [token] = await two.secrets('eu');
    const removed = await remove();
    expect(removed).toMatchObject({ removed: ['Cluster/eu', 'Secret/cluster-eu'], isTokenEnded: false });
    expect(removed).toHaveProperty('stays.0', expect.stringContaining(`delete secret ${token!.metadata.name}`));
    expect((await fleet()).clusters).toEqual([]);
    expect(await hubSecret()).toBeUndefined();
  });

  test('ends the token where the cluster is named', async () => {
    expect(await remove({ target: two.apis.eu })).toMatchObject({ isTokenEnded: true });
    expect(await two.secrets('eu')).toEqual([]);
  });

  test('is refused by a context that leads to another cluster', async () => {
    expect(await remove({ target: two.apis.us })).toMatchObject({ kind: 'refused' });
    expect(await hubSecret()).toBeDefined();
  });

  test('is refused while a pool or a tenant is there, unless it is forced', async () => {
    await declare('Pool', 'free-eu', { cluster: 'eu', namespace: 'free' });
    await declare('Tenant', 'acme', { tier: 'free', placements: [{ cluster: 'eu', namespace: 'acme' }] });
    expect(await remove()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('cluster eu has Pool/free-eu, Tenant/acme'),
    });
    expect(await remove({ isForced: true })).toMatchObject({ kind: 'removed' });
  });

  test('leaves a Secret alone that others made', async () => {
    const ref = { kind: kinds.cluster, namespace: NAMESPACE, name: 'eu' };
    const spec = { access: { secretRef: { name: 'argo-eu' } } };
    await two.apis.hub.mergePatch(ref, { spec }, { fieldManager: 'kubectl' });
    expect(await remove()).toMatchObject({ removed: ['Cluster/eu'] });
    expect(await hubSecret()).toBeDefined();
  });
});
