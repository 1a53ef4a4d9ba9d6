import { beforeEach, describe, expect, test } from 'vitest';
import { secretAccess } from '../../../src/adapters/kubernetes/index.ts';
import { accessSecretName, readAccessSecret, storedIn } from '../../../src/cli/cluster/access-secret.ts';
import { addCluster, type WantedCluster } from '../../../src/cli/cluster/add-cluster.ts';
import { foreseeCluster } from '../../../src/cli/cluster/foresee-cluster.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { NAMESPACE, type Place, type TwoClusters, twoClusters } from './two-clusters.ts';

let two: TwoClusters;

beforeEach(async () => {
  two = await twoClusters();
});

const add = async (target: Place, change: Partial<WantedCluster> = {}) =>
  addCluster(two.world(target), await two.wanted(target, change));
const named = (name: string) => ({ kind: kinds.secret, namespace: NAMESPACE, name });
const hubSecret = (name = 'eu') => two.apis.hub.get(named(accessSecretName(name)));
const cluster = (name = 'eu') => two.apis.hub.get({ kind: kinds.cluster, namespace: NAMESPACE, name });

async function declareByHand(name: string, access: object): Promise<void> {
  const metadata = { name, namespace: NAMESPACE, labels: { team: 'a' } };
  const object = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Cluster', metadata, spec: { access, metrics: 'prom' } };
  await two.apis.hub.apply(object, kinds.cluster, { fieldManager: 'kubectl', force: true });
}

describe('adding a cluster', () => {
  test('makes its objects and a token, tries the token, and tells the hub', async () => {
    const added = await add('eu');
    expect(added).toMatchObject({ kind: 'added', access: 'secret', proof: { rights: 15 } });
    expect(await cluster()).toMatchObject({ spec: { access: { secretRef: { name: 'cluster-eu' } }, metrics: 'prom' } });
    const stored = readAccessSecret((await hubSecret())!);
    expect(stored).toMatchObject({
      cluster: 'eu',
      context: 'eu',
      token: 'token-1-of-eu',
      address: { server: 'https://eu.example', ca: 'CA of eu', skipsTlsVerify: false },
    });
    expect(two.tried).toEqual(['https://eu.example']);
  });

  test('stores what the daemon takes: one token, no plug-in and no path', async () => {
    await add('eu');
    const secret = (await hubSecret())!;
    const opened = await (await secretAccess(secret)).open();
    expect(await opened.material()).toMatchObject({ headers: { authorization: 'Bearer token-1-of-eu' } });
    const text = Buffer.from((secret['data'] as Record<string, string>)['kubeconfig']!, 'base64').toString();
    expect(text).not.toMatch(/exec|auth-provider|tokenFile|client-certificate:|certificate-authority:/);
  });

  test('again changes nothing, and keeps the token', async () => {
    await add('eu');
    const again = await add('eu');
    expect(again).toMatchObject({ hub: [{ outcome: 'unchanged' }, { outcome: 'unchanged' }] });
    expect(await two.secrets('eu')).toHaveLength(1);
  });

  test('again makes another token when the old one is gone', async () => {
    const first = await add('eu');
    await two.apis.eu.delete(named((first as { tokenSecret: string }).tokenSecret));
    expect(await add('eu')).toMatchObject({ hub: [{ kind: 'Secret', outcome: 'changed' }, { outcome: 'unchanged' }] });
    expect(storedIn((await hubSecret())!)?.token).toBe('token-2-of-eu');
  });

  test('tells the hub nothing of an access that lacks a right, and takes its token back', async () => {
    two.circumstances.lacks = 'create services';
    const refused = await add('eu');
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining('may not create services') });
    expect(await cluster()).toBeUndefined();
    expect(await hubSecret()).toBeUndefined();
    expect(await two.secrets('eu')).toEqual([]);
  });

  test('gives up on a token that nobody makes, and says whose work that is', async () => {
    two.circumstances.fillsTokens = false;
    await expect(add('eu')).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/not filled within 30 seconds; see whether the kube-controller-manager/),
    });
    expect(await two.secrets('eu')).toEqual([]);
    expect(await cluster()).toBeUndefined();
  });

  test('gives the hub itself no token: its own account reaches it', async () => {
    expect(await add('hub', { name: 'here' })).toMatchObject({ kind: 'added', access: 'itself', tokenSecret: null });
    expect(await cluster('here')).toMatchObject({ spec: { access: { inCluster: true } } });
    expect(await two.secrets('hub')).toEqual([]);
  });

  test("keeps other people's labels on a Cluster that is declared already", async () => {
    await declareByHand('eu', { secretRef: { name: 'cluster-eu' } });
    await add('eu');
    expect(await cluster()).toMatchObject({ metadata: { labels: { team: 'a' } } });
  });
});

describe('the address', () => {
  const inside = 'https://10.0.0.1:6443';
  const elsewhere = async () => {
    const { ownAddress } = await two.wanted('eu');
    return { ownAddress, address: { ...ownAddress, ca: 'CA of the proxy', server: inside } };
  };

  test("another one than the context's is trusted by the cluster's own authority too", async () => {
    await add('eu', await elsewhere());
    expect(storedIn((await hubSecret())!)?.address).toMatchObject({ server: inside, ca: 'CA of the proxy\nCA of eu' });
  });

  test('that does not answer from here is stored all the same, when the token works by the other', async () => {
    two.circumstances.dead.add(inside);
    expect(await add('eu', await elsewhere())).toMatchObject({ kind: 'added' });
    expect(two.tried).toEqual([inside, 'https://eu.example']);
    expect(two.told.join('\n')).toContain(`warning: ${inside} does not answer here`);
  });

  test("of the context's own that does not answer is refused", async () => {
    two.circumstances.dead.add('https://eu.example');
    expect(await add('eu')).toMatchObject({ kind: 'refused', message: expect.stringContaining('ETIMEDOUT') });
    expect(await hubSecret()).toBeUndefined();
  });
});

describe('a name', () => {
  test('is refused for a cluster that has another already: two releases could act on one Rollout', async () => {
    await add('eu');
    const refused = await add('eu', { name: 'eu2', isReplacing: true });
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining('declared as eu already') });
    expect(await cluster('eu2')).toBeUndefined();
  });

  test('that is another cluster is refused, unless it is to take its place', async () => {
    await add('eu');
    const refused = await add('us', { name: 'eu' });
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining('is another cluster') });
    expect(await two.secrets('us')).toEqual([]);
    expect(await add('us', { name: 'eu', isReplacing: true })).toMatchObject({ kind: 'added' });
    expect(storedIn((await hubSecret())!)?.token).toBe('token-2-of-us');
  });

  test.each([
    ['a context', { context: 'eu' }, 'reached by context eu'],
    ['another Secret', { secretRef: { name: 'argo-eu' } }, 'reached by Secret tidegate-system/argo-eu'],
    ['the account of the daemon', { inCluster: true }, 'reached by the account of the daemon'],
  ])('that is reached by %s is refused, unless it is to be replaced', async (_, access, said) => {
    await declareByHand('eu', access);
    expect(await add('eu')).toMatchObject({ kind: 'refused', message: expect.stringContaining(said) });
    expect(await add('eu', { isReplacing: true })).toMatchObject({ kind: 'added' });
    expect((await cluster())?.['spec']).toEqual({ access: { secretRef: { name: 'cluster-eu' } }, metrics: 'prom' });
  });

  test("whose Secret is somebody else's is refused", async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cluster-eu', namespace: NAMESPACE } };
    await two.apis.hub.create(secret, kinds.secret, { fieldManager: 'kubectl' });
    expect(await add('eu')).toMatchObject({ kind: 'refused', message: expect.stringContaining('was not made by') });
  });
});

describe('a dry run', () => {
  test('says what would be done, and writes nothing anywhere', async () => {
    const writes = () => JSON.stringify([...two.apis.hub.mutations(), ...two.apis.eu.mutations()]);
    const before = writes();
    const foreseen = await foreseeCluster(two.world('eu'), await two.wanted('eu'));
    expect(foreseen).toMatchObject({ kind: 'foreseen' });
    expect(foreseen).toHaveProperty(
      'lines',
      expect.arrayContaining(['in eu: ClusterRole/tidegate-target would be created']),
    );
    expect(writes()).toBe(before);
  });

  test('is refused as the real thing is', async () => {
    await add('eu');
    const refused = await foreseeCluster(two.world('us'), await two.wanted('us', { name: 'eu' }));
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining('is another cluster') });
  });
});
