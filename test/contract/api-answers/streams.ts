import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Answer } from './http-client.ts';
import { lease, newPlace, type TheWorld } from './world.ts';

/** A real server sends a bookmark two seconds before a watch ends, and none to a watch that is younger than a few. */
const WATCH_SECONDS = 8;
const A_SECOND_MS = 1000;

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec: object }[];
}

/** Pages and watches, frame by frame. */
export function describeStreams(world: TheWorld): void {
  describe('a list in pages', () => {
    test('is one moment: what changes between two pages is for the watch to tell', async () => {
      const { send } = world();
      const { leases } = await newPlace(send);
      for (const name of ['a', 'c', 'd', 'e']) await send('POST', leases, lease(name));
      const first = pageOf(await send('GET', `${leases}?limit=1`));
      await send('POST', leases, lease('b'));
      await send('DELETE', `${leases}/c`);
      await send('PUT', `${leases}/d`, lease('d', { leaseDurationSeconds: 99 }, await versionAt(send, `${leases}/d`)));
      const rest = pageOf(await send('GET', `${leases}?limit=9&continue=${first.metadata.continue}`));
      expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(['c', 'd', 'e']);
      expect(rest.items[1]?.spec).toMatchObject({ leaseDurationSeconds: 15 });
      expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      const { resourceVersion } = first.metadata;
      const query = `watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=1`;
      const told = framesOf(await send('GET', `${leases}?${query}`));
      expect(told.map(({ type, object }) => `${type} ${object.metadata?.name}`)).toEqual([
        'ADDED b',
        'DELETED c',
        'MODIFIED d',
      ]);
    });
  });

  describe('a watch', () => {
    test('ends after the time that was asked for, with a bookmark to go on from', async () => {
      const { send } = world();
      const { leases } = await newPlace(send);
      const made = await send('POST', leases, lease('a'));
      const { resourceVersion } = pageOf(await send('GET', leases)).metadata;
      const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}`;
      const watching = send('GET', `${leases}?${query}&resourceVersion=${resourceVersion}`);
      const elsewhere = await newPlace(send);
      await sleep(A_SECOND_MS);
      await send('POST', elsewhere.leases, lease('a'));
      const frames = framesOf(await watching);
      const last = frames.at(-1)!;
      expect(new Set(frames.map(({ type }) => type))).toEqual(new Set(['BOOKMARK']));
      expect(last).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' } });
      const from = last.object.metadata!.resourceVersion!;
      expect(Number(from)).toBeGreaterThanOrEqual(Number(versionIn(made)));
      await send('POST', leases, lease('b'));
      const next = framesOf(await send('GET', `${leases}?watch=true&timeoutSeconds=1&resourceVersion=${from}`));
      expect(next.map(({ type, object }) => `${type} ${object.metadata?.name}`)).toEqual(['ADDED b']);
    });

    test('from no version begins with what is there', async () => {
      const { send } = world();
      const { leases } = await newPlace(send);
      for (const name of ['a', 'b']) await send('POST', leases, lease(name));
      const frames = framesOf(await send('GET', `${leases}?watch=true&timeoutSeconds=1`));
      expect(frames.map(({ type, object }) => `${type} ${object.metadata?.name}`).sort()).toEqual([
        'ADDED a',
        'ADDED b',
      ]);
    });
  });
}

interface Frame {
  readonly type: string;
  readonly object: {
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
  };
}

/** One frame is parsed as an object, several are a text of lines. */
function framesOf({ status, body }: Answer): readonly Frame[] {
  expect(status).toBe(200);
  if (typeof body !== 'string') return [body as Frame];
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Frame);
}

function pageOf({ status, body }: Answer): Page {
  expect(status).toBe(200);
  return body as Page;
}

function versionIn({ body }: Answer): string {
  return (body as Page).metadata.resourceVersion;
}

async function versionAt(
  send: (method: string, path: string) => Promise<Answer>,
  path: string,
): Promise<{ readonly resourceVersion: string }> {
  return { resourceVersion: versionIn(await send('GET', path)) };
}
