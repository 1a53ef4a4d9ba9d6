import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createHubStore } from '../../src/adapters/hub/hub-store.ts';
import { planNewRelease } from '../../src/controller/new-release.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { ReleaseStore, StoredRelease } from '../../src/ports/release-store.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { installRole } from './rights/installed.ts';
import { type LabUser, logIn, newUser } from './service-account.ts';

const lab = inject('lab');
const RELEASE = 'storefront-4.14.0';
const FILE = `waves/releases/${RELEASE}.yaml`;

/** One release, from declarations to the way back, each step by somebody who has just the shipped role for it. */
describe.skipIf(lab === null)('each shipped role is enough for its commands, and for no others', () => {
  let connected: ConnectedLab;
  let namespace: string;
  const people = new Map<string, LabUser>();

  /** Runs a command line as somebody with a role. */
  const as = (role: string, ...args: readonly string[]): Promise<Said> =>
    say(...args, '--kubeconfig', people.get(role)!.kubeconfigPath, '-n', namespace, '-o', 'json');

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('people');
    await installRole(connected, namespace, 'hub');
    for (const role of ['viewer', 'release-manager', 'approver', 'ci', 'fleet-editor'])
      people.set(role, await newUser(lab!, namespace, `Role/tidegate-${role}`));
    people.set('daemon', await logIn(lab!, namespace, 'tidegate'));
  });

  afterAll(async () => {
    await Promise.all([...people.values()].map((person) => person.stop()));
    await connected.api.close();
  });

  test('a fleet editor declares the fleet, and may not start a release', async () => {
    const applied = await as('fleet-editor', 'apply', '-f', 'waves');
    expect(applied.stderr).toContain('Tenant/acme created');
    expect(applied.code).toBe(0);
    const started = await as('fleet-editor', 'release', 'start', '-f', FILE);
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('grant get on releases.tidegate.dev');
  });

  test('a pipeline starts a release, attaches to it, and may not approve', async () => {
    const started = await as('ci', 'release', 'start', '-f', FILE);
    expect(started.stderr).toContain(`started ${RELEASE}`);
    expect(started.code).toBe(0);
    expect(lastJson((await as('ci', 'release', 'start', '-f', FILE)).stdout)).toMatchObject({ outcome: 'attached' });
    const store = storeOf(people.get('daemon')!);
    await planNewRelease(store, (await firstRelease(store))!, [], connected.clock);
    const approved = await as('ci', 'release', 'approve', RELEASE, '--wave', 'enterprise');
    expect(approved.code).toBe(1);
    expect(approved.stderr).toContain('grant create on approvals.tidegate.dev');
  });

  test('an approver approves as who they are, and may not pause', async () => {
    const approved = await as('approver', 'release', 'approve', RELEASE, '--wave', 'enterprise');
    expect(approved.stderr).toContain(`${people.get('approver')!.name} approved wave enterprise`);
    expect(approved.code).toBe(0);
    const paused = await as('approver', 'release', 'pause', RELEASE);
    expect(paused.stderr).toContain('grant create on freezes.tidegate.dev');
  });

  test('a release manager pauses, resumes and takes back, and may not approve', async () => {
    for (const [command, said] of [
      ['pause', `${RELEASE} is paused`],
      ['resume', `${RELEASE} goes on`],
    ] as const) {
      const done = await as('release-manager', 'release', command, RELEASE);
      expect(done.stderr).toContain(said);
      expect(done.code).toBe(0);
    }
    const asked = await as('release-manager', 'release', 'rollback', RELEASE, '--reason', 'slow');
    expect(asked.stderr).toContain('every target of the release goes back');
    const { items } = await connected.api.list(kinds.rollback, { namespace });
    expect(items).toMatchObject([{ spec: { by: people.get('release-manager')!.name, scope: 'release' } }]);
    const approved = await as('release-manager', 'release', 'approve', RELEASE, '--wave', 'enterprise');
    expect(approved.stderr).toContain('grant create on approvals.tidegate.dev');
  });

  test('a viewer sees it all, and may change nothing', async () => {
    const { releases } = lastJson((await as('viewer', 'release', 'list')).stdout) as { readonly releases: unknown };
    expect(JSON.stringify(releases)).toContain(RELEASE);
    expect((await as('viewer', 'release', 'status', RELEASE)).stdout).toContain('enterprise');
    expect((await as('viewer', 'plan')).code).toBe(0);
    const paused = await as('viewer', 'release', 'pause', RELEASE);
    expect(paused.code).toBe(1);
    expect(paused.stderr).toContain('grant create on freezes.tidegate.dev');
  });

  function storeOf({ api }: LabUser): ReleaseStore {
    return createHubStore({ api, namespace, clock: connected.clock, random: () => 0.5, report: () => undefined });
  }
});

async function firstRelease(store: ReleaseStore): Promise<StoredRelease | undefined> {
  const seen = new AbortController();
  for await (const { releases } of store.watch(seen.signal)) {
    seen.abort();
    return releases[0];
  }
  return undefined;
}
