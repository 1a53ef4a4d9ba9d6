import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { type ConnectedKubernetesApi, createKubernetesApi } from '../../src/adapters/kubernetes/index.ts';
import { ConflictError, TerminalError, TransientError } from '../../src/domain/errors.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { type KubernetesObject, type ObjectRef, WatchExpired } from '../../src/ports/kubernetes-api.ts';

const SERVER = 'http://127.0.0.1:6443';
const TOKEN = 'a-very-secret-token';
const PATH = '/apis/argoproj.io/v1alpha1/namespaces/pool-free/rollouts/storefront';
const ref: ObjectRef = { kind: kinds.rollout, namespace: 'pool-free', name: 'storefront' };
const write = { fieldManager: 'tidegate' };
const object: KubernetesObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'storefront', namespace: 'pool-free' },
};

function makeApi(): ConnectedKubernetesApi {
  const material = { headers: { authorization: `Bearer ${TOKEN}` }, tls: {} };
  const opened = { server: SERVER, proxyUrl: null, material: async () => material };
  const access = { description: 'a test', open: async () => opened };
  return createKubernetesApi({ cluster: 'shared-eu', access, clock: createSystemClock() });
}

const status = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

const notFound = status(404, 'NotFound', 'rollouts.argoproj.io "storefront" not found', {
  name: 'storefront',
  group: 'argoproj.io',
  kind: 'rollouts',
});

type ErrorClass = typeof ConflictError | typeof TerminalError | typeof TransientError | typeof WatchExpired;

/** What the caller gets: its class, and all that the message must hold. */
const failure = (kind: ErrorClass, ...parts: readonly string[]) =>
  expect.toSatisfy((error: Error) => {
    expect(error).toBeInstanceOf(kind);
    for (const part of [...parts, 'shared-eu']) expect(error.message).toContain(part);
    expect(error.message).not.toContain(TOKEN);
    return true;
  });

describe('the answers of an API server', () => {
  const api = makeApi();
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => {
    expect(nock.pendingMocks()).toEqual([]);
    nock.cleanAll();
  });
  afterAll(async () => {
    await api.close();
    nock.restore();
  });

  test('429 is to be tried again, as late as the server asks', async () => {
    nock(SERVER).get(PATH).reply(429, 'slow down', { 'retry-after': '7' });
    const asked = api.get(ref);
    await expect(asked).rejects.toEqual(failure(TransientError, '429'));
    await expect(asked).rejects.toMatchObject({ retryAfterMs: 7000 });
  });

  test('429 without a number of seconds leaves the wait to us', async () => {
    nock(SERVER).get(PATH).reply(429, '', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' });
    await expect(api.get(ref)).rejects.toMatchObject({ name: 'TransientError', retryAfterMs: null });
  });

  test('500 is to be tried again, and may say when in its body', async () => {
    nock(SERVER)
      .get(PATH)
      .reply(500, status(500, 'InternalError', 'etcd: request timed out', { retryAfterSeconds: 2 }));
    const asked = api.get(ref);
    await expect(asked).rejects.toEqual(failure(TransientError, '500', 'etcd: request timed out'));
    await expect(asked).rejects.toMatchObject({ retryAfterMs: 2000 });
  });

  test("503 with a proxy's page is to be tried again, without the page", async () => {
    nock(SERVER).get(PATH).reply(503, '<html><h1>Service Unavailable</h1></html>', { 'content-type': 'text/html' });
    const asked = api.get(ref);
    await expect(asked).rejects.toEqual(failure(TransientError, '503'));
    await expect(asked).rejects.not.toThrow(/html/);
  });

  test('401 is final, and speaks of the credentials', async () => {
    nock(SERVER).get(PATH).reply(401);
    await expect(api.get(ref)).rejects.toEqual(failure(TerminalError, '401', 'credentials'));
  });

  test('403 is final, and names the right that is missing', async () => {
    const said = 'rollouts.argoproj.io "storefront" is forbidden: User "tidegate" cannot patch resource';
    nock(SERVER)
      .patch(`${PATH}/status`)
      .query(true)
      .reply(403, status(403, 'Forbidden', said));
    const patched = api.patch(ref, [], { ...write, subresource: 'status' });
    await expect(patched).rejects.toEqual(
      failure(TerminalError, '403', 'grant patch on rollouts.argoproj.io/status', said),
    );
  });

  test('409 is a conflict', async () => {
    const said = 'the object has been modified';
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(409, status(409, 'Conflict', said));
    await expect(api.mergePatch(ref, {}, write)).rejects.toEqual(failure(ConflictError, 'storefront', said));
  });

  test('409 of an apply names the field and its owner', async () => {
    const cause = { reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.spec.replicas' };
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(409, status(409, 'Conflict', 'Apply failed', { causes: [cause] }));
    const applied = api.apply(object, kinds.rollout, { ...write, force: false });
    await expect(applied).rejects.toEqual(failure(ConflictError, '.spec.replicas: conflict with "kubectl"'));
  });

  test('422 of a JSON patch without a cause is a failed test: a conflict', async () => {
    const said = 'the server rejected our request due to an error in our request';
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(422, status(422, 'Invalid', said));
    await expect(api.patch(ref, [], write)).rejects.toEqual(failure(ConflictError, 'patch rollouts storefront'));
  });

  test('422 with a cause is final, and names the field', async () => {
    const cause = { reason: 'FieldValueInvalid', message: 'Invalid value: 900', field: 'spec.replicas' };
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(422, status(422, 'Invalid', 'is invalid', { causes: [cause] }));
    await expect(api.patch(ref, [], write)).rejects.toEqual(
      failure(TerminalError, 'spec.replicas: Invalid value: 900'),
    );
  });

  test('422 of a merge patch is never a conflict', async () => {
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(422, status(422, 'Invalid', 'is invalid'));
    await expect(api.mergePatch(ref, {}, write)).rejects.toEqual(failure(TerminalError, 'is invalid'));
  });

  test('a whole object that the server quotes is left out', async () => {
    const quoted = JSON.stringify(JSON.stringify({ data: 'secret'.repeat(100) }));
    const message = `Invalid value: ${quoted}: strict decoding error: unknown field "spec.foo"`;
    const cause = { reason: 'FieldValueInvalid', message, field: 'patch' };
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(422, status(422, 'Invalid', message, { causes: [cause] }));
    const patched = api.mergePatch(ref, {}, write);
    await expect(patched).rejects.toEqual(failure(TerminalError, 'unknown field "spec.foo"'));
    await expect(patched).rejects.not.toThrow(/secret/);
  });

  test('404 of the object: nothing for a get, quiet for a delete, a conflict for a patch', async () => {
    nock(SERVER).get(PATH).reply(404, notFound);
    nock(SERVER).delete(PATH).query(true).reply(404, notFound);
    nock(SERVER).patch(PATH).query(true).times(2).reply(404, notFound);
    expect(await api.get(ref)).toBeUndefined();
    await api.delete(ref);
    await expect(api.patch(ref, [], write)).rejects.toEqual(failure(ConflictError, 'gone'));
    await expect(api.mergePatch(ref, {}, write)).rejects.toEqual(failure(ConflictError, 'gone'));
  });

  test('404 of the kind is final for all of them, and asks for Argo Rollouts', async () => {
    const page = '404 page not found\n';
    nock(SERVER).get(PATH).reply(404, page);
    nock(SERVER).delete(PATH).query(true).reply(404, page);
    nock(SERVER).patch(PATH).query(true).reply(404, page);
    const expected = failure(TerminalError, 'rollouts.argoproj.io v1alpha1', 'is Argo Rollouts installed?');
    await expect(api.get(ref)).rejects.toEqual(expected);
    await expect(api.delete(ref)).rejects.toEqual(expected);
    await expect(api.patch(ref, [], write)).rejects.toEqual(expected);
  });

  test('404 of the namespace is final for a create', async () => {
    const gone = status(404, 'NotFound', 'namespaces "pool-free" not found', { name: 'pool-free', kind: 'namespaces' });
    nock(SERVER).post(PATH.replace('/storefront', '')).query(true).reply(404, gone);
    const made = api.create(object, kinds.rollout, write);
    await expect(made).rejects.toEqual(failure(TerminalError, 'the namespace is not there'));
  });

  test('410 of a list asks to begin again', async () => {
    nock(SERVER)
      .get(PATH.replace('/storefront', ''))
      .query({ continue: 'old' })
      .reply(410, status(410, 'Expired', 'too old'));
    const listed = api.list(kinds.rollout, { namespace: 'pool-free', continueToken: 'old' });
    await expect(listed).rejects.toEqual(failure(WatchExpired, 'list again'));
  });

  test('400 is final, and says why', async () => {
    const said = 'strict decoding error: unknown field "spec.foo"';
    nock(SERVER)
      .post(PATH.replace('/storefront', ''))
      .query(true)
      .reply(400, status(400, 'BadRequest', said));
    await expect(api.create(object, kinds.rollout, write)).rejects.toEqual(failure(TerminalError, said));
  });

  test('500 of an apply outside the schema is final', async () => {
    const said = 'failed to create typed patch object (…): .spec.foo: field not declared in schema';
    nock(SERVER)
      .patch(PATH)
      .query(true)
      .reply(500, status(500, '', said));
    const applied = api.apply(object, kinds.rollout, { ...write, force: true });
    await expect(applied).rejects.toEqual(failure(TerminalError, '.spec.foo'));
  });

  test('a redirect is final: somebody else stands at that address', async () => {
    nock(SERVER).get(PATH).reply(302, '', { location: 'https://login.example/' });
    await expect(api.get(ref)).rejects.toEqual(failure(TerminalError, 'address'));
  });

  test.each([
    ['JSON that is cut off', '{"apiVersion":"argoproj.io/v1alpha1","kind":"Roll', 'application/json'],
    ["a proxy's page", '<html>please log in</html>', 'text/html'],
    ['nothing', '', 'application/json'],
    ['something else', '[]', 'application/json'],
  ])('200 with %s is to be tried again, without the text', async (_, body, type) => {
    nock(SERVER).get(PATH).reply(200, body, { 'content-type': type });
    const asked = api.get(ref);
    await expect(asked).rejects.toEqual(failure(TransientError, 'get rollouts storefront in pool-free'));
    await expect(asked).rejects.not.toThrow(/Roll"|log in/);
  });

  test('writes say who writes, what they are, and that nothing unknown is taken', async () => {
    const sent = (contentType: string) => ({ reqheaders: { 'content-type': contentType, accept: 'application/json' } });
    const query = { fieldManager: 'tidegate', fieldValidation: 'Strict' };
    nock(SERVER, sent('application/json')).post(PATH.replace('/storefront', '')).query(query).reply(201, object);
    nock(SERVER, sent('application/json-patch+json'))
      .patch(PATH)
      .query({ ...query, dryRun: 'All' })
      .reply(200, object);
    nock(SERVER, sent('application/merge-patch+json')).patch(`${PATH}/status`).query(query).reply(200, object);
    nock(SERVER, sent('application/apply-patch+yaml'))
      .patch(PATH)
      .query({ ...query, force: true })
      .reply(200, object);
    await api.create(object, kinds.rollout, write);
    await api.patch(ref, [{ op: 'remove', path: '/spec' }], { ...write, dryRun: true });
    await api.mergePatch(ref, { status: {} }, { ...write, subresource: 'status' });
    await api.apply(object, kinds.rollout, { ...write, force: true });
  });
});
