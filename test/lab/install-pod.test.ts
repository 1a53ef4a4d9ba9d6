import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { reviewToken } from '../../src/ports/access-review.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { type Pod, startPod } from './install-pod.ts';
import { installRole } from './rights/installed.ts';

const lab = inject('lab');
const SOON = { timeout: 90_000, interval: 250 };

/** The daemon as the shipped Deployment starts it, with nothing but the token of its account. */
describe.skipIf(lab === null)('two daemons of the Deployment', () => {
  let connected: ConnectedLab;
  let namespace: string;
  let first: string;
  const pods: Pod[] = [];

  const admin = (...parameters: readonly string[]) =>
    kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['-n', namespace, ...parameters]);
  /** A token that ends when the Secret with its name is deleted. */
  async function newToken(name: string): Promise<string> {
    await admin('create', 'secret', 'generic', name);
    return (
      await admin('create', 'token', 'tidegate', '--bound-object-kind=Secret', '--bound-object-name', name)
    ).trim();
  }
  const lease = async () => (await connected.api.get({ kind: kinds.lease, namespace, name: 'tidegate' }))!;
  const leaders = async () => {
    const answers = await Promise.all(pods.map((pod) => pod.ready()));
    return answers.map(({ status, leadership }) => `${status} ${leadership.kind}`).sort();
  };

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('pods');
    await installRole(connected, namespace, 'hub');
  });

  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.stop()));
    await connected?.api.close();
  });

  test('get ready, one leading and one following', async () => {
    first = await newToken('first');
    for (let count = 0; count < 2; count++) pods.push(await startPod(lab!, namespace, first));
    await expect.poll(leaders, SOON).toEqual(['200 following', '200 leading']);
  });

  test('the other one leads when the leader is gone', async () => {
    const kindsOf = await Promise.all(pods.map(async (pod) => (await pod.ready()).leadership.kind));
    const [leader] = pods.splice(kindsOf.indexOf('leading'), 1);
    await leader!.stop();
    await expect.poll(leaders, SOON).toEqual(['200 leading']);
  });

  test('a token that was replaced on disk is read without a restart', async () => {
    pods[0]!.rotate(await newToken('second'));
    await admin('delete', 'secret', 'first');
    await expect.poll(() => reviewToken(connected.api, first), SOON).toBeNull();
    const { resourceVersion } = (await lease()).metadata;
    await expect.poll(async () => (await lease()).metadata.resourceVersion, SOON).not.toBe(resourceVersion);
    expect(await leaders()).toEqual(['200 leading']);
  });

  test('gives its lease back when it is told to end', async () => {
    const [pod] = pods;
    pod!.process.child.kill('SIGTERM');
    expect(await pod!.process.ended).toMatchObject({ code: 0 });
    const { holderIdentity = '' } = (await lease())['spec'] as { readonly holderIdentity?: string };
    expect(holderIdentity).toBe('');
  });
});
