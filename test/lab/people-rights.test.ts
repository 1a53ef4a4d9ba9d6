import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createHubStore } from '../../src/adapters/hub/hub-store.ts';
import { planNewRelease } from '../../src/controller/new-release.ts';
import { mayI } from '../../src/ports/access-review.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import { type Said, say } from '../unit/cli/fake-context.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { installRole } from './rights/installed.ts';
import { APPROVAL, type Deed, NEW_FLEET, peopleDeeds, peopleRights, RELEASE } from './rights/people-commands.ts';
import { accessOf, type ShippedRole, shippedRole, shippedRoles, writeRole } from './rights/roles.ts';
import { type LabUser, newUser } from './service-account.ts';

const lab = inject('lab');
const roles = Object.entries(peopleRights);

/** Exit codes that say where a release stands: the command did its work. */
const STANDING: readonly (number | null)[] = [0, 10, 11, 20];

describe.skipIf(lab === null)('the roles of people, right by right', () => {
  let connected: ConnectedLab;
  let namespace: string;
  let folder: string;
  const people = new Map<string, LabUser>();

  beforeAll(async () => {
    connected = await connectLab(lab);
    folder = await mkdtemp(join(tmpdir(), 'tidegate-people-'));
    await writeFile(join(folder, 'new.yaml'), newFleet());
    namespace = await connected.namespace('people-rights');
    await installRole(connected, namespace, 'hub');
    for (const [name] of roles) people.set(name, await newUser(lab!, namespace, `Role/${name}`));
    await asAdmin('apply', '-f', 'waves');
    await asAdmin('release', 'start', '-f', `waves/releases/${RELEASE}.yaml`);
    await planIt();
    await asAdmin('release', 'pause', RELEASE);
    await approveByMistake();
  });

  afterAll(async () => {
    await Promise.all([...people.values()].map((person) => person.stop()));
    await connected.api.close();
    await rm(folder, { recursive: true });
  });

  const asAdmin = async (...args: readonly string[]): Promise<void> => {
    const said = await say(...args, '--kubeconfig', lab!.kubeconfigPath, '-n', namespace, '-o', 'json');
    expect(said.code, said.stderr).toBe(0);
  };

  async function planIt(): Promise<void> {
    const { api, clock } = connected;
    const store = createHubStore({ api, namespace, clock, random: () => 0.5, report: () => undefined });
    const seen = new AbortController();
    for await (const { releases } of store.watch(seen.signal)) {
      seen.abort();
      await planNewRelease(store, releases[0]!, [], clock);
      break;
    }
  }

  async function approveByMistake(): Promise<void> {
    const spec = { release: RELEASE, planHash: 'c0ffee00'.repeat(8), wave: 'free', by: 'lab-admin' };
    const metadata = { name: APPROVAL, namespace };
    const object = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Approval', metadata, spec };
    await connected.api.create(object, kinds.approval, { fieldManager: FIELD_MANAGER });
  }

  /** What came of a deed: an empty text when it was done. */
  async function attempt(person: LabUser, deed: Deed): Promise<string> {
    if (deed.by === 'kubectl')
      return await deed.perform(person.api, namespace).then(
        () => '',
        (error: Error) => error.message,
      );
    const args = deed.args.map((arg) => (arg === NEW_FLEET ? folder : arg));
    const said: Said = await say(...args, '--kubeconfig', person.kubeconfigPath, '-n', namespace, '-o', 'json');
    return STANDING.includes(said.code) ? '' : `${said.code}: ${said.stderr}`;
  }

  /** Waits until the API server goes by the role as it is written. */
  async function untilHeld(person: LabUser, role: ShippedRole, without: string | null): Promise<void> {
    const rights = role.rights.filter(({ text }) => text !== without);
    await writeRole(connected.api, role.name, namespace, rights);
    const look = async () =>
      (await Promise.all(role.rights.map((right) => mayI(person.api, accessOf(right, namespace))))).map(
        ({ allowed }) => allowed,
      );
    await expect.poll(look, { timeout: 20_000, interval: 50 }).toEqual(role.rights.map(({ text }) => text !== without));
  }

  test('every role that is shipped is looked at: here, or as one of the daemon, a pipeline or an adoption', () => {
    const others = [
      'tidegate-hub',
      'ClusterRole/tidegate-target',
      'ClusterRole/tidegate-ci',
      'ClusterRole/tidegate-adopter',
    ];
    const shipped = shippedRoles().map(({ kind, name }) => (kind === 'Role' ? name : `${kind}/${name}`));
    expect(shipped.sort()).toEqual([...others, ...roles.map(([name]) => name)].sort());
  });

  describe.each(roles)('%s', (name, rows) => {
    const role = shippedRole('Role', name);

    test('has no right but those that something is done with', () => {
      expect(role.rights.map(({ text }) => text).sort()).toEqual(rows.map(([right]) => right).sort());
    });

    test.each(rows)('does not get its work done without %s, and is told what is missing', async (right, deed) => {
      const person = people.get(name)!;
      await untilHeld(person, role, right);
      const [verb, resource] = right.split(' ');
      expect(await attempt(person, deed)).toContain(`grant ${verb} on ${resource}`);
    });

    test('gets all of its work done with the whole role', async () => {
      const person = people.get(name)!;
      await untilHeld(person, role, null);
      for (const deed of peopleDeeds[name]!) expect(await attempt(person, deed), JSON.stringify(deed)).toBe('');
    });
  });
});

/** One object of each kind that a fleet has, called `gone`. */
function newFleet(): string {
  const specs: readonly (readonly [string, string])[] = [
    ['MetricSource', '{ url: http://127.0.0.1:9, scrapeInterval: 1s, labels: { tenant: tenant_id } }'],
    ['Cluster', '{ access: { context: gone }, metrics: gone }'],
    ['Pool', '{ cluster: gone, namespace: gone }'],
    ['Tenant', '{ tier: free, placements: [{ pool: gone, workloads: [gone] }] }'],
    [
      'Workload',
      '{ source: { existing: { rollout: gone, containers: { app: app } } }, slos: [{ name: availability, good: good, total: total, objective: { default: "0.99" } }] }',
    ],
    ['Webhook', '{ url: "https://alerts.example.com/tidegate" }'],
    [
      'WavePlan',
      '{ waves: [{ name: all, select: { rest: true }, bake: { step: 10m, wave: 10m } }], rollback: { order: [free, business, enterprise] } }',
    ],
  ];
  return specs
    .map(
      ([kind, spec]) => `apiVersion: tidegate.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: gone }\nspec: ${spec}\n`,
    )
    .join('---\n');
}
