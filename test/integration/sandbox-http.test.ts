import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, test } from 'vitest';
import { kinds } from '../../src/ports/kinds.ts';
import { kubeconfigFor } from '../../src/sandbox/kubernetes/kubeconfig.ts';
import { rollout, rolloutRef, service, us } from '../unit/sandbox-kubernetes/sandbox-objects.ts';
import { type ServedWorld, serveWorld } from './sandbox-http-client.ts';

const rollouts = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts';
const storefront = `${rollouts}/storefront`;
const jsonPatch = { 'content-type': 'application/json-patch+json' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };
const applyPatch = { 'content-type': 'application/apply-patch+yaml' };

let world: ServedWorld | null = null;

async function open(options: Parameters<typeof serveWorld>[0] = {}): Promise<ServedWorld> {
  world = await serveWorld(options);
  return world;
}

afterEach(async () => {
  await world?.served.close();
  world = null;
});

describe('requests', () => {
  test.each([
    { title: 'the version', path: '/version', body: { major: '1', minor: '34' } },
    { title: 'the core', path: '/api', body: { kind: 'APIVersions', versions: ['v1'] } },
    {
      title: 'a group',
      path: '/apis/argoproj.io',
      body: { kind: 'APIGroup', preferredVersion: { version: 'v1alpha1' } },
    },
    { title: 'the groups', path: '/apis', body: { kind: 'APIGroupList' } },
  ])('discover $title', async ({ path, body }) => {
    const { send } = await open();
    expect(await send('GET', path)).toMatchObject({ status: 200, body });
  });

  test('discover the resources of a group, subresources too', async () => {
    const { send } = await open();
    const { body } = await send('GET', '/apis/argoproj.io/v1alpha1');
    const names = (body['resources'] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['rollouts', 'rollouts/status', 'analysisruns']));
    expect(names).not.toContain('analysisruns/status');
  });

  test.each([
    {
      title: 'without a token',
      method: 'GET',
      path: '/api/v1/pods',
      headers: { authorization: '' },
      status: 401,
      reason: 'Unauthorized',
    },
    {
      title: 'with a wrong token',
      method: 'GET',
      path: '/api/v1/pods',
      headers: { authorization: 'Bearer x' },
      status: 401,
      reason: 'Unauthorized',
    },
    {
      title: 'for an object that is not there',
      method: 'GET',
      path: storefront,
      headers: {},
      status: 404,
      reason: 'NotFound',
    },
    {
      title: 'with another method',
      method: 'PUT',
      path: rollouts,
      headers: {},
      status: 405,
      reason: 'MethodNotAllowed',
    },
    {
      title: 'with a patch of an unknown type',
      method: 'PATCH',
      path: storefront,
      headers: { 'content-type': 'text/plain' },
      status: 415,
      reason: 'UnsupportedMediaType',
    },
    {
      title: 'with a strategic patch of a custom resource',
      method: 'PATCH',
      path: storefront,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      status: 415,
      reason: 'UnsupportedMediaType',
    },
  ])('are refused $title', async ({ method, path, headers, status, reason }) => {
    const { send } = await open();
    const body = method === 'GET' ? undefined : '{}';
    expect(await send(method, path, body, headers as Record<string, string>)).toMatchObject({
      status,
      body: { kind: 'Status', status: 'Failure', reason, code: status },
    });
  });

  test('for a kind that is not served get plain text, as from the real server', async () => {
    const { send } = await open();
    expect(await send('GET', '/apis/tidegate.dev/v1alpha1/tenants')).toMatchObject({
      status: 404,
      body: { text: '404 page not found\n' },
    });
  });

  test('without a token are the admin where that is allowed, with a wrong one they are nobody', async () => {
    const { url } = await open({ allowsAnonymous: true });
    expect((await fetch(`${url}/api/v1/pods`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/pods`, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });
});

describe('writes', () => {
  test('create, read, replace and delete', async () => {
    const { send, served } = await open();
    const created = await send('POST', `${rollouts}?fieldManager=tidegate`, rollout());
    expect(created).toMatchObject({ status: 201, body: { metadata: { generation: 1 } } });
    expect((await send('GET', storefront)).body).toEqual(created.body);
    const replaced = { ...created.body, spec: { ...(created.body['spec'] as object), replicas: 7 } };
    expect(await send('PUT', storefront, replaced)).toMatchObject({
      status: 200,
      body: { metadata: { generation: 2 } },
    });
    expect(await send('PUT', storefront, replaced)).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(await send('DELETE', storefront)).toMatchObject({ status: 200, body: { status: 'Success' } });
    expect([...served.mutations('shared-eu').keys()]).toEqual([
      'create rollouts.argoproj.io',
      'update rollouts.argoproj.io',
      'delete rollouts.argoproj.io',
    ]);
  });

  test('a failed test of a JSON patch is 422 without causes, a schema is 422 with causes', async () => {
    const { send, store } = await open();
    store.create(rollout(), kinds.rollout, us);
    const failed = await send('PATCH', storefront, [{ op: 'test', path: '/spec/replicas', value: 5 }], jsonPatch);
    expect(failed).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    expect(failed.body['details']).not.toHaveProperty('causes');
    const invalid = await send('PATCH', storefront, { spec: { replicas: 'x' } }, mergePatch);
    expect(invalid).toMatchObject({ status: 422, body: { details: { causes: [{ field: 'spec.replicas' }, {}] } } });
  });

  test('a patch of the status changes the status alone', async () => {
    const { send, store } = await open();
    store.create(rollout(), kinds.rollout, us);
    const patched = await send(
      'PATCH',
      `${storefront}/status`,
      { status: { abort: true }, spec: { replicas: 1 } },
      mergePatch,
    );
    expect(patched.body).toMatchObject({ status: { abort: true }, spec: { replicas: 4 }, metadata: { generation: 1 } });
    const run = '/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns/r/status';
    expect(await send('PATCH', run, { status: { phase: 'Running' } }, mergePatch)).toMatchObject({
      status: 404,
      body: { details: { group: 'argoproj.io', kind: 'analysisruns', name: 'r' } },
    });
  });

  test('strict validation names the unknown field, without it the field is pruned and warned of', async () => {
    const { send } = await open();
    const object = { ...rollout(), spec: { ...(rollout()['spec'] as object), replica: 3 } };
    expect(await send('POST', `${rollouts}?fieldValidation=Strict`, object)).toMatchObject({
      status: 400,
      body: {
        reason: 'BadRequest',
        message:
          'Rollout in version "v1alpha1" cannot be handled as a Rollout: strict decoding error: unknown field "spec.replica"',
      },
    });
    const pruned = await send('POST', rollouts, object);
    expect(pruned.status).toBe(201);
    expect(pruned.body['spec']).not.toHaveProperty('replica');
    expect(pruned.headers.get('warning')).toBe('299 - "unknown field \\"spec.replica\\""');
  });

  test('an apply conflicts with 409 and one cause per field, and is taken by force', async () => {
    const { send } = await open();
    const yaml = (image: string) => `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: storefront }
spec: { template: { spec: { containers: [{ name: app, image: "${image}" }] } } }
`;
    expect((await send('PATCH', `${storefront}?fieldManager=tidegate`, yaml('a:1'), applyPatch)).status).toBe(201);
    expect(await send('PATCH', `${storefront}?fieldManager=person`, yaml('a:2'), applyPatch)).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message:
          'Apply failed with 1 conflict: conflict with "tidegate" using argoproj.io/v1alpha1: .spec.template.spec.containers[name="app"].image',
        details: {
          causes: [
            {
              reason: 'FieldManagerConflict',
              message: 'conflict with "tidegate" using argoproj.io/v1alpha1',
              field: '.spec.template.spec.containers[name="app"].image',
            },
          ],
        },
      },
    });
    expect((await send('PATCH', `${storefront}?fieldManager=person&force=true`, yaml('a:2'), applyPatch)).status).toBe(
      200,
    );
  });

  test('a dry run stores nothing', async () => {
    const { send, served } = await open();
    expect((await send('POST', `${rollouts}?dryRun=All`, rollout())).status).toBe(201);
    expect((await send('GET', storefront)).status).toBe(404);
    expect((await send('POST', `${rollouts}?dryRun=Some`, rollout())).status).toBe(422);
    expect(served.mutations('shared-eu').size).toBe(0);
  });

  test('a body of another name or namespace is refused', async () => {
    const { send, store } = await open();
    store.create(service(), kinds.service, us);
    expect(await send('PUT', '/api/v1/namespaces/default/services/other', service())).toMatchObject({ status: 400 });
    expect(await send('POST', '/api/v1/namespaces/kube-system/services', service())).toMatchObject({ status: 400 });
  });

  test('a user without a right is refused, in so many words', async () => {
    const may = ({ verb, resource }: { verb: string; resource: string }) => verb === 'get' || resource !== 'rollouts';
    const { send } = await open({ users: [{ token: 't2', name: 'anna', groups: [], may }] });
    const asAnna = { authorization: 'Bearer t2' };
    const missing = await send('GET', `${rollouts}/nothing`, undefined, asAnna);
    expect(missing.status).toBe(404);
    for (const [method, path, verb] of [
      ['GET', rollouts, 'list'],
      ['GET', `${rollouts}?watch=true`, 'watch'],
      ['POST', rollouts, 'create'],
      ['PATCH', `${rollouts}/one/status`, 'patch'],
      ['DELETE', `${rollouts}/one`, 'delete'],
    ] as const) {
      const refused = await send(method, path, method === 'GET' ? undefined : {}, asAnna);
      expect(refused).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
      expect(refused.body['message']).toContain(`cannot ${verb} resource "rollouts`);
    }
  });

  test('reviews name the user of a token and what its roles allow', async () => {
    const may = ({ resource }: { resource: string }) => resource !== 'secrets';
    const { send } = await open({ users: [{ token: 't2', name: 'anna', groups: ['release-managers'], may }] });
    const review = (token: string) => send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
    expect((await review('t2')).body['status']).toMatchObject({ authenticated: true, user: { username: 'anna' } });
    expect((await review('x')).body['status']).not.toHaveProperty('authenticated');
    const access = (user: string, resource: string) =>
      send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        spec: { user, resourceAttributes: { verb: 'get', resource } },
      });
    expect((await access('anna', 'pods')).body['status']).toMatchObject({ allowed: true });
    expect((await access('anna', 'secrets')).body['status']).toMatchObject({ allowed: false });
    expect((await access('nobody', 'pods')).body['status']).toMatchObject({ allowed: false });
  });
});

describe('lists', () => {
  test('page by limit and continue', async () => {
    const { send, store } = await open();
    for (const name of ['a', 'b', 'c']) store.create(rollout({ name }), kinds.rollout, us);
    const first = await send('GET', `${rollouts}?limit=2`);
    expect(first.body).toMatchObject({
      kind: 'RolloutList',
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
    });
    const { continue: token } = first.body['metadata'] as { continue: string };
    const second = await send(
      'GET',
      `/apis/argoproj.io/v1alpha1/rollouts?limit=2&continue=${encodeURIComponent(token)}`,
    );
    expect((second.body['items'] as unknown[]).length).toBe(1);
    expect(second.body['metadata']).not.toHaveProperty('continue');
  });

  test('with a token older than the history are 410', async () => {
    const { send, store } = await open({ historyLimit: 2 });
    for (const name of ['a', 'b']) store.create(rollout({ name }), kinds.rollout, us);
    const { body } = await send('GET', `${rollouts}?limit=1`);
    for (let i = 0; i < 6; i += 1) store.mergePatch(rolloutRef('a'), { spec: { replicas: 10 + i } }, us);
    const token = encodeURIComponent((body['metadata'] as { continue: string }).continue);
    expect(await send('GET', `${rollouts}?limit=1&continue=${token}`)).toMatchObject({
      status: 410,
      body: { reason: 'Expired' },
    });
  });

  test('come as a table with the columns of the definition', async () => {
    const { send, store } = await open();
    store.create(rollout(), kinds.rollout, us);
    const { body } = await send('GET', rollouts, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['storefront', 4, null, null, null, expect.any(String)] }],
    });
  });
});

describe('watches', () => {
  test('stream what happens, and go on from the last version after a break', async () => {
    const { watch, store } = await open();
    const first = await watch(`${rollouts}?watch=true&resourceVersion=${store.resourceVersion()}`);
    store.create(rollout({ name: 'a' }), kinds.rollout, us);
    const added = await first.next();
    expect(added).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } });
    first.stop();
    store.create(rollout({ name: 'missed' }), kinds.rollout, us);
    const again = await watch(`${rollouts}?watch=1&resourceVersion=${added?.object.metadata.resourceVersion}`);
    expect(await again.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'missed' } } });
    store.delete(rolloutRef('a'));
    expect(await again.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'a' } } });
    again.stop();
  });

  test('without a version start with what is there, and mark the end of it when asked', async () => {
    const { watch, store } = await open();
    store.create(rollout(), kinds.rollout, us);
    const stream = await watch(`${rollouts}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`);
    expect(await stream.next()).toMatchObject({ type: 'ADDED' });
    expect(await stream.next()).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'Rollout', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    stream.stop();
  });

  test('send bookmarks when asked, and end at their time', async () => {
    const { watch, store } = await open({ bookmarkEveryMs: 20 });
    const from = store.resourceVersion();
    const stream = await watch(
      `${rollouts}?watch=true&resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=1`,
    );
    store.create(service(), kinds.service, us);
    const types = new Set<string>();
    let last = '';
    for (let frame = await stream.next(); frame !== null; frame = await stream.next()) {
      types.add(frame.type);
      last = frame.object.metadata.resourceVersion;
    }
    expect([...types]).toEqual(['BOOKMARK']);
    expect(last).toBe(String(store.resourceVersion()));
  });

  test.each([
    { expiredAs: 'event', status: 200 },
    { expiredAs: 'status', status: 410 },
  ] as const)('from before the history are refused by $expiredAs', async ({ expiredAs, status }) => {
    const { send, store } = await open({ historyLimit: 2, expiredAs });
    store.create(rollout(), kinds.rollout, us);
    for (let i = 0; i < 6; i += 1) store.mergePatch(rolloutRef(), { spec: { replicas: 10 + i } }, us);
    const reply = await send('GET', `${rollouts}?watch=true&resourceVersion=1`);
    expect(reply.status).toBe(status);
    const refused = expiredAs === 'event' ? { type: 'ERROR', object: { code: 410 } } : { code: 410, reason: 'Expired' };
    expect(reply.body).toMatchObject(refused);
  });

  test('break when the cluster cannot be reached, and so do requests until it can', async () => {
    const { watch, send, store, served } = await open();
    const stream = await watch(`${rollouts}?watch=true&resourceVersion=${store.resourceVersion()}`);
    served.setAvailable('shared-eu', false);
    await expect(stream.next()).rejects.toThrow();
    await expect(send('GET', rollouts)).rejects.toThrow();
    served.setAvailable('shared-eu', true);
    expect((await send('GET', rollouts)).status).toBe(200);
  });
});

test('the client library works over the kubeconfig', async () => {
  const { store, url } = await open();
  store.create(rollout(), kinds.rollout, us);
  const config = new KubeConfig();
  config.loadFromString(kubeconfigFor([{ name: 'shared-eu', url, token: 'secret' }]));
  const list = await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
    group: 'argoproj.io',
    version: 'v1alpha1',
    namespace: 'default',
    plural: 'rollouts',
  });
  expect((list as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name)).toEqual([
    'storefront',
  ]);
});
