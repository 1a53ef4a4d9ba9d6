import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../../src/domain/errors.ts';
import { mayI, mayUser, reviewToken, whoAmI } from '../../../src/ports/access-review.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { madeWorld } from '../made-world.ts';

/** Somebody, with what they reach the server by. */
interface Somebody {
  readonly name: string;
  readonly token: string;
  readonly api: KubernetesApi;
}

/** An API server with two people. */
export interface ReviewWorld {
  /** May do everything, and is of the group `system:masters`. */
  readonly admin: Somebody;
  /** May get and watch Rollouts and patch Services in `namespace`, and nothing else. */
  readonly reader: Somebody;
  readonly namespace: string;
  stop(): Promise<void>;
}

const rollouts = { group: 'argoproj.io', resource: 'rollouts' };

/** Holds an API server against the functions of `ports/access-review.ts`. */
export function describeAccessReview(name: string, makeWorld: () => Promise<ReviewWorld>): void {
  describe(name, () => {
    const world = madeWorld(makeWorld);

    test('everybody is told who they are, with the groups that everybody is in', async () => {
      const { admin, reader } = world();
      const known = await whoAmI(reader.api);
      expect(known.name).toBe(reader.name);
      expect(known.groups).toContain('system:authenticated');
      expect((await whoAmI(admin.api)).groups).toContain('system:masters');
    });

    test('a token belongs to whoever was given it', async () => {
      const { admin, reader } = world();
      expect(await reviewToken(admin.api, reader.token)).toMatchObject({ name: reader.name });
      expect(await reviewToken(admin.api, admin.token)).toMatchObject({ name: admin.name });
    });

    test('a token that nobody has is nobody, not an error', async () => {
      expect(await reviewToken(world().admin.api, 'not-a-token')).toBeNull();
    });

    test.each([
      ['get', true],
      ['watch', true],
      ['list', false],
      ['patch', false],
      ['delete', false],
    ])('a reader who asks whether to %s Rollouts in the namespace is told %s', async (verb, allowed) => {
      const { reader, namespace } = world();
      expect(await mayI(reader.api, { ...rollouts, verb, namespace })).toMatchObject({ allowed });
    });

    test('a right in one namespace is none in another, in all, or for the status', async () => {
      const { reader, namespace } = world();
      const get = { ...rollouts, verb: 'get' };
      expect(await mayI(reader.api, { ...get, namespace: 'default' })).toMatchObject({ allowed: false });
      expect(await mayI(reader.api, get)).toMatchObject({ allowed: false });
      expect(await mayI(reader.api, { ...get, namespace, subresource: 'status' })).toMatchObject({ allowed: false });
    });

    test('what is said of somebody is what they are told themselves', async () => {
      const { admin, reader, namespace } = world();
      for (const verb of ['get', 'list']) {
        const access = { ...rollouts, verb, namespace };
        const user = await whoAmI(reader.api);
        const { allowed } = await mayI(reader.api, access);
        expect(await mayUser(admin.api, user, access), verb).toMatchObject({ allowed });
      }
    });

    test('somebody unknown may nothing; a group counts without its people', async () => {
      const { admin, namespace } = world();
      const access = { ...rollouts, verb: 'delete', namespace };
      expect(await mayUser(admin.api, { name: 'nobody', groups: [] }, access)).toMatchObject({ allowed: false });
      const master = { name: 'nobody', groups: ['system:masters'] };
      expect(await mayUser(admin.api, master, access)).toMatchObject({ allowed: true });
    });

    test('asking about others takes a right, which is named when it is missing', async () => {
      const { reader, admin } = world();
      const asked = reviewToken(reader.api, admin.token);
      await expect(asked).rejects.toBeInstanceOf(TerminalError);
      await expect(asked).rejects.toThrow('cannot create resource "tokenreviews"');
      const judged = mayUser(reader.api, { name: admin.name, groups: [] }, { ...rollouts, verb: 'get' });
      await expect(judged).rejects.toThrow('cannot create resource "subjectaccessreviews"');
    });

    test('what a review denies, the server refuses; what it allows, it does', async () => {
      const { reader, namespace } = world();
      const ref = { kind: kinds.rollout, namespace, name: 'none' };
      expect(await reader.api.get(ref)).toBeUndefined();
      const listing = reader.api.list(kinds.rollout, { namespace });
      await expect(listing).rejects.toBeInstanceOf(TerminalError);
      await expect(listing).rejects.toThrow('cannot list resource "rollouts" in API group "argoproj.io"');
      const deleting = reader.api.delete(ref);
      await expect(deleting).rejects.toThrow('cannot delete resource "rollouts"');
    });

    test('a server-side apply of what is not there takes the right to create as well', async () => {
      const { admin, reader, namespace } = world();
      const object = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'shop', namespace, labels: { tier: 'free' } },
        spec: { ports: [{ name: 'http', port: 80 }] },
      };
      const apply = () => reader.api.apply(object, kinds.service, { fieldManager: 'reader', force: false });
      await expect(apply()).rejects.toBeInstanceOf(TerminalError);
      await expect(apply()).rejects.toThrow('cannot create resource "services"');
      await admin.api.create(object, kinds.service, { fieldManager: 'admin' });
      expect(await apply()).toMatchObject({ metadata: { labels: { tier: 'free' } } });
    });
  });
}

/** Holds the way to an API server against a token that nobody has. */
export function describeStranger(name: string, connect: (token: string) => Promise<KubernetesApi>): void {
  test(`${name}: a token that nobody has is refused, with what to do`, async () => {
    const asked = whoAmI(await connect('not-a-token'));
    await expect(asked).rejects.toBeInstanceOf(TerminalError);
    await expect(asked).rejects.toThrow('renew the token');
  });
}
