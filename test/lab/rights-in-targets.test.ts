import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { startScraping } from '../../src/cli/sandbox-prometheus.ts';
import { mayI } from '../../src/ports/access-review.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { projectRollout } from '../../src/release/observed-target.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';
import { deployment } from './adoption/deployed.ts';
import { foreignRollout, ROLLOUT } from './adoption/foreign-fleet.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { accessOf, type ShippedRole, shippedRole, writeRole } from './rights/roles.ts';
import { type LabUser, newUser } from './service-account.ts';
import { declarations, rollout, serveCustomers } from './verify/customers.ts';

const lab = inject('lab');
const adopter = shippedRole('ClusterRole', 'tidegate-adopter');
const pipeline = shippedRole('ClusterRole', 'tidegate-ci');

describe.skipIf(lab === null)('what people and programs may do in a target, right by right', () => {
  let connected: ConnectedLab;
  const users: LabUser[] = [];

  beforeAll(async () => {
    connected = await connectLab(lab);
  });

  afterAll(async () => {
    await Promise.all(users.map((user) => user.stop()));
    await connected.api.close();
  });

  const kube = (namespace: string, args: readonly string[], input?: object) =>
    kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['-n', namespace, ...args], input);

  /** Gives a role of the test all rights of a shipped one but for one, and waits until the API server goes by it. */
  async function hold(user: LabUser, name: string, role: ShippedRole, place: string | null, without: string | null) {
    const held = role.rights.map(({ text }) => text !== without);
    await writeRole(
      connected.api,
      name,
      place,
      role.rights.filter((_, index) => held[index]),
    );
    const look = async () =>
      (await Promise.all(role.rights.map((right) => mayI(user.api, accessOf(right, place ?? ''))))).map(
        ({ allowed }) => allowed,
      );
    await expect.poll(look, { timeout: 20_000, interval: 50 }).toEqual(held);
  }

  describe('an adoption', () => {
    let namespace: string;
    /** Where a Deployment is in the place of the Rollout. */
    let deployed: string;
    let person: LabUser;
    let other: LabUser;

    beforeAll(async () => {
      namespace = await connected.namespace('adopter');
      deployed = await connected.namespace('adopter-deployed');
      for (const place of [namespace, deployed]) await writeRole(connected.api, 'adopter', place, []);
      person = await newUser(lab!, namespace, 'Role/adopter');
      other = await newUser(lab!, deployed, 'Role/adopter');
      users.push(person, other);
      await kube(namespace, ['apply', '-f', '-'], foreignRollout('kubectl', namespace));
      await kube(deployed, ['apply', '-f', '-'], deployment(deployed));
      const settled = async () =>
        projectRollout((await connected.api.get({ kind: kinds.rollout, namespace, name: ROLLOUT }))!).phase;
      await vi.waitFor(async () => expect(await settled()).toBe('Healthy'), { timeout: 60_000, interval: 500 });
    });

    const adopt = (user: LabUser, place: string, ...args: readonly string[]): Promise<Said> =>
      say(
        'adopt',
        ROLLOUT,
        '-n',
        place,
        '--container',
        'app',
        '--kubeconfig',
        user.kubeconfigPath,
        '-o',
        'json',
        ...args,
      );

    const rows = [
      ['get rollouts.argoproj.io', 'proof'],
      ['patch rollouts.argoproj.io', 'proof'],
      ['list replicasets.apps', 'proof'],
      ['list pods', 'proof'],
      ['get deployments.apps', 'of a Deployment'],
      ['list horizontalpodautoscalers.autoscaling', 'of a Deployment'],
    ] as const;

    test('has no right but those that something is done with', () => {
      expect(adopter.rights.map(({ text }) => text).sort()).toEqual(rows.map(([right]) => right).sort());
    });

    test.each(rows)('without %s is not done (%s), and what is missing is told', async (right, deed) => {
      const [user, place] = deed === 'proof' ? [person, namespace] : [other, deployed];
      await hold(user, 'adopter', adopter, place, right);
      const said = await adopt(user, place, ...(deed === 'proof' ? ['--prove'] : []));
      const [verb, resource] = right.split(' ');
      expect(`${said.stdout}${said.stderr}`).toContain(`grant ${verb} on ${resource}`);
      expect(said.code).not.toBe(0);
    });

    test('is done with the whole role, bound in its namespace alone', async () => {
      await hold(person, 'adopter', adopter, namespace, null);
      await hold(other, 'adopter', adopter, deployed, null);
      const proven = await adopt(person, namespace, '--prove');
      expect(proven.code, proven.stderr).toBe(0);
      expect(await adopt(other, deployed)).toMatchObject({
        code: 50,
        stderr: expect.stringContaining('a Rollout has to take it over'),
      });
    });
  });

  describe('a verification', () => {
    let namespace: string;
    let folder: string;
    let job: LabUser;
    const stops: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      namespace = await connected.namespace('pipeline');
      folder = await mkdtemp(join(tmpdir(), 'tidegate-pipeline-'));
      job = await newUser(lab!, namespace);
      users.push(job);
      const account = job.name.split(':').at(-1)!;
      const role = 'pipeline-of-the-test';
      await writeRole(connected.api, role, null, []);
      const subject = `--serviceaccount=${namespace}:${account}`;
      await kube(namespace, ['create', 'clusterrolebinding', role, `--clusterrole=${role}`, subject]);
      const customers = await serveCustomers(connected, namespace);
      stops.push(() => customers.close());
      const metrics = { url: () => customers.url, close: () => customers.close() };
      const prometheus = await startScraping({ metrics, clusters: ['lab'], bin: undefined, port: null, log: () => {} });
      stops.push(() => prometheus.stop());
      await writeFile(join(folder, 'fleet.yaml'), declarations(prometheus.url, namespace));
      await kube(namespace, ['apply', '-f', '-'], rollout(namespace));
    });

    afterAll(async () => {
      for (const stop of stops.reverse()) await stop();
      await kube(namespace, ['delete', 'clusterrolebinding,clusterrole', 'pipeline-of-the-test']);
      await rm(folder, { recursive: true });
    });

    const verify = (): Promise<Said> => {
      const what = ['-f', folder, '--workload', 'storefront', '--all', '--min-requests', '20', '--for', '5s'];
      return say('verify', ...what, '--settle', '10s', '--kubeconfig', job.kubeconfigPath, '-o', 'json');
    };

    const rows = ['list rollouts.argoproj.io', 'watch rollouts.argoproj.io'];

    test('has no right but those that something is done with', () => {
      expect(pipeline.rights.map(({ text }) => text)).toEqual(rows);
    });

    test('passes with the whole role, and no right in the hub', async () => {
      await hold(job, 'pipeline-of-the-test', pipeline, null, null);
      await expect.poll(verify, { timeout: 120_000 }).toMatchObject({ code: 0 });
    });

    test.each(rows)('without %s vouches for nobody, and tells why', async (right) => {
      await hold(job, 'pipeline-of-the-test', pipeline, null, right);
      const said = await verify();
      expect(said.code).toBe(40);
      expect(`${said.stdout}${said.stderr}`).toContain(`grant ${right.split(' ')[0]} on rollouts.argoproj.io`);
      expect(lastJson(said.stdout)).not.toMatchObject({ verdict: 'pass' });
    });
  });
});
