import { describe, expect, test } from 'vitest';
import type { Answer, Send } from './http-client.ts';
import { lease, newPlace, type Place, release, rollout, type TheWorld } from './world.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

/** A kind with rules says so when other errors kept it from looking at them. */
const NOT_ALL_CHECKED = 'FieldValueInvalid <nil>';

/** What a client reads of a refusal. */
interface Refusal {
  readonly code: number;
  readonly reason: string;
  /** `name`, `group`, `kind` of what it is about. */
  readonly about?: Readonly<Record<string, string>>;
  /** `FieldValueInvalid spec.replicas`, sorted. */
  readonly causes?: readonly string[];
}

interface Refused extends Refusal {
  readonly title: string;
  /** What is asked; a Lease `held`, a Rollout `shop` and a Release `app-1` are there. */
  readonly ask: (send: Send, place: Place) => Promise<Answer>;
}

const stale = { metadata: { resourceVersion: '1' } };
const aLease = { name: 'held', group: 'coordination.k8s.io', kind: 'leases' };
const aRollout = { name: 'shop', group: 'argoproj.io', kind: 'rollouts' };
const aRelease = { name: 'app-1', group: 'tidegate.dev', kind: 'releases' };
const newRelease = { name: 'new', group: 'tidegate.dev', kind: 'Release' };

const refusals: readonly Refused[] = [
  {
    title: 'an object that is not there',
    ask: (send, { rollouts }) => send('GET', `${rollouts}/none`),
    code: 404,
    reason: 'NotFound',
    about: { ...aRollout, name: 'none' },
  },
  {
    title: 'a delete of what is not there',
    ask: (send, { leases }) => send('DELETE', `${leases}/none`),
    code: 404,
    reason: 'NotFound',
    about: { ...aLease, name: 'none' },
  },
  {
    title: 'a JSON patch of what is not there',
    ask: (send, { leases }) => send('PATCH', `${leases}/none`, [], JSON_PATCH),
    code: 404,
    reason: 'NotFound',
    about: { ...aLease, name: 'none' },
  },
  {
    title: 'a create where there is no such namespace',
    ask: (send) => send('POST', '/apis/coordination.k8s.io/v1/namespaces/no-such-place/leases', lease('new')),
    code: 404,
    reason: 'NotFound',
    about: { name: 'no-such-place', kind: 'namespaces' },
  },
  {
    title: 'a create under a name that is taken',
    ask: (send, { leases }) => send('POST', leases, lease('held')),
    code: 409,
    reason: 'AlreadyExists',
    about: aLease,
  },
  {
    title: 'an update that was based on another version',
    ask: (send, { leases }) => send('PUT', `${leases}/held`, lease('held', {}, { resourceVersion: '1' })),
    code: 409,
    reason: 'Conflict',
    about: aLease,
  },
  {
    title: 'a merge patch that was based on another version',
    ask: (send, { rollouts }) => send('PATCH', `${rollouts}/shop`, stale, MERGE_PATCH),
    code: 409,
    reason: 'Conflict',
    about: aRollout,
  },
  {
    title: 'a patch of the status that was based on another version',
    ask: (send, { releases }) =>
      send('PATCH', `${releases}/app-1/status`, { ...stale, status: { phase: 'Running' } }, MERGE_PATCH),
    code: 409,
    reason: 'Conflict',
    about: aRelease,
  },
  {
    title: 'a forced apply that was based on another version',
    ask: (send, { rollouts }) => {
      const { apiVersion, kind } = rollout('') as { apiVersion: string; kind: string };
      const body = { apiVersion, kind, metadata: { name: 'shop', resourceVersion: '1' } };
      return send('PATCH', `${rollouts}/shop?fieldManager=a&force=true`, body, APPLY_PATCH);
    },
    code: 409,
    reason: 'Conflict',
    about: aRollout,
  },
  {
    title: "an apply of another's field",
    ask: (send, { rollouts }) =>
      send('PATCH', `${rollouts}/shop?fieldManager=b`, rollout('shop', { replicas: 7 }), APPLY_PATCH),
    code: 409,
    reason: 'Conflict',
    causes: ['FieldManagerConflict .spec.replicas'],
  },
  {
    title: 'an apply without a manager',
    ask: (send, { rollouts }) => send('PATCH', `${rollouts}/shop`, rollout('shop'), APPLY_PATCH),
    code: 422,
    reason: 'Invalid',
    causes: ['FieldValueRequired fieldManager'],
  },
  {
    title: 'a delete of what has been made anew since',
    ask: (send, { leases }) => send('DELETE', `${leases}/held`, { preconditions: { uid: 'another' } }),
    code: 409,
    reason: 'Conflict',
    about: { ...aLease, kind: 'Lease' },
  },
  {
    title: 'a JSON patch whose test fails',
    ask: (send, { rollouts }) =>
      send('PATCH', `${rollouts}/shop`, [{ op: 'test', path: '/spec/replicas', value: 9 }], JSON_PATCH),
    code: 422,
    reason: 'Invalid',
    causes: [],
  },
  {
    title: 'a JSON patch of a path that is not there',
    ask: (send, { rollouts }) =>
      send('PATCH', `${rollouts}/shop`, [{ op: 'remove', path: '/spec/nothing' }], JSON_PATCH),
    code: 422,
    reason: 'Invalid',
    causes: [],
  },
  {
    title: 'a JSON patch that is no list',
    ask: (send, { rollouts }) => send('PATCH', `${rollouts}/shop`, { op: 'test' }, JSON_PATCH),
    code: 400,
    reason: 'BadRequest',
  },
  {
    title: 'a body that is not JSON',
    ask: (send, { rollouts }) => send('POST', rollouts, '{"kind":'),
    code: 400,
    reason: 'BadRequest',
  },
  {
    title: 'a body of another namespace',
    ask: (send, { leases }) => send('POST', leases, lease('new', {}, { namespace: 'default' })),
    code: 400,
    reason: 'BadRequest',
  },
  {
    title: 'an update of another name',
    ask: (send, { leases }) => send('PUT', `${leases}/held`, lease('other')),
    code: 400,
    reason: 'BadRequest',
  },
  {
    title: 'a media type that nobody reads',
    ask: (send, { leases }) => send('PATCH', `${leases}/held`, 'a', 'text/plain'),
    code: 415,
    reason: 'UnsupportedMediaType',
  },
  {
    title: 'a field that the schema does not know, read strictly',
    ask: (send, { releases }) => send('POST', `${releases}?fieldValidation=Strict`, release('new', { paln: 'quick' })),
    code: 400,
    reason: 'BadRequest',
  },
  {
    title: 'a field that is missing',
    ask: (send, { releases }) => send('POST', releases, release('new', { plan: undefined })),
    code: 422,
    reason: 'Invalid',
    about: newRelease,
    causes: [NOT_ALL_CHECKED, 'FieldValueRequired spec.plan'],
  },
  {
    title: 'a value of another type',
    ask: (send, { releases }) => send('POST', releases, release('new', { plan: 7 })),
    code: 422,
    reason: 'Invalid',
    about: newRelease,
    causes: [NOT_ALL_CHECKED, 'FieldValueTypeInvalid spec.plan'],
  },
  {
    title: 'a text that does not fit its pattern',
    ask: (send, { releases }) => send('POST', releases, release('new', { plan: 'Not a name' })),
    code: 422,
    reason: 'Invalid',
    about: newRelease,
    causes: ['FieldValueInvalid spec.plan'],
  },
  {
    title: 'a spec that never changes',
    ask: (send, { releases }) => send('PATCH', `${releases}/app-1`, { spec: { plan: 'slow' } }, MERGE_PATCH),
    code: 422,
    reason: 'Invalid',
    about: { ...aRelease, kind: 'Release' },
    causes: ['FieldValueInvalid spec'],
  },
  {
    title: 'an object without a name',
    ask: (send, { leases }) => send('POST', leases, lease('')),
    code: 422,
    reason: 'Invalid',
    causes: ['FieldValueRequired metadata.name'],
  },
  {
    title: 'a name that cannot be one',
    ask: (send, { releases }) => send('POST', releases, release('Not_a_name')),
    code: 422,
    reason: 'Invalid',
    causes: ['FieldValueInvalid metadata.name'],
  },
  {
    title: 'the way to a next page that nobody gave',
    ask: (send, { leases }) => send('GET', `${leases}?limit=1&continue=nonsense`),
    code: 400,
    reason: 'BadRequest',
  },
  {
    title: 'a watch from a version that is no number',
    ask: (send, { leases }) => send('GET', `${leases}?watch=true&resourceVersion=soon`),
    code: 500,
    reason: '',
  },
];

/** Each refusal, as a client reads it. */
export function describeRefusals(world: TheWorld): void {
  describe('refuses', () => {
    test.each(refusals)('$title: $code $reason', async ({ ask, code, reason, about = {}, causes = [] }) => {
      const { send } = world();
      const place = await newPlace(send);
      for (const [path, object] of [
        [place.leases, lease('held')],
        [`${place.rollouts}?fieldManager=creator`, rollout('shop')],
        [place.releases, release('app-1')],
      ] as const)
        expect(await send('POST', path, object)).toMatchObject({ status: 201 });
      const answer = await ask(send, place);
      const refusal = readRefusal(answer);
      expect(refusal).toMatchObject({ code, reason, about });
      expect(refusal.causes).toEqual(causes);
      expect(answer.status).toBe(code);
    });

    test('a path that is not served, with 404', async () => {
      expect(await world().send('GET', '/apis/nobody.example/v1/things')).toMatchObject({ status: 404 });
      expect(await world().send('GET', '/apis/argoproj.io/v1alpha1/things')).toMatchObject({ status: 404 });
    });
  });
}

interface StatusObject {
  readonly kind?: string;
  readonly status?: string;
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason: string; readonly field: string }[];
    readonly [name: string]: unknown;
  };
}

function readRefusal({ body }: Answer): Refusal & { readonly message: string } {
  const { code, reason = '', details = {}, message = '', ...rest } = body as StatusObject;
  expect(rest, message).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure' });
  expect(message).not.toBe('');
  const { causes = [], ...about } = details;
  return {
    code,
    reason,
    message,
    about: about as Readonly<Record<string, string>>,
    causes: causes.map((cause) => `${cause.reason} ${cause.field}`).sort(),
  };
}
