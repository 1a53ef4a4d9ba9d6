import { describe, expect, test } from 'vitest';
import { lease, newPlace, release, type TheWorld } from './world.ts';

/** What is taken, and what the server makes of it. */
export function describeAcceptances(world: TheWorld): void {
  describe('accepts', () => {
    test('a field that the schema does not know, dropped with a warning that names it', async () => {
      const { send } = world();
      const { releases } = await newPlace(send);
      const body = release('app-1', { paln: 'quick' });
      const made = await send('POST', `${releases}?fieldValidation=Warn`, body);
      expect(made).toMatchObject({ status: 201, warnings: ['unknown field "spec.paln"'] });
      expect((made.body as { spec: object }).spec).not.toHaveProperty('paln');
    });

    test('such a field without a word, when that is asked for', async () => {
      const { send } = world();
      const { releases } = await newPlace(send);
      const made = await send('POST', `${releases}?fieldValidation=Ignore`, release('app-1', { paln: 'quick' }));
      expect(made).toMatchObject({ status: 201, warnings: [] });
      expect((made.body as { spec: object }).spec).not.toHaveProperty('paln');
    });

    test('a status in a create, and drops it', async () => {
      const { send } = world();
      const { releases } = await newPlace(send);
      const made = await send('POST', releases, { ...release('app-1'), status: { phase: 'Completed' } });
      expect(made.status).toBe(201);
      expect(made.body).not.toHaveProperty('status');
    });

    test('an update of the status, and takes only that from it', async () => {
      const { send } = world();
      const { releases } = await newPlace(send);
      const made = await send('POST', releases, release('app-1'));
      const changed = { ...(made.body as object), ...release('app-1', { plan: 'slow' }), status: { phase: 'Running' } };
      const { metadata } = made.body as { metadata: object };
      const updated = await send('PUT', `${releases}/app-1/status`, { ...changed, metadata });
      expect(updated).toMatchObject({
        status: 200,
        body: { metadata: { generation: 1 }, spec: { plan: 'quick' }, status: { phase: 'Running' } },
      });
    });

    test('a delete, and answers what it did', async () => {
      const { send } = world();
      const { leases } = await newPlace(send);
      await send('POST', leases, lease('a'));
      expect(await send('DELETE', `${leases}/a`)).toMatchObject({
        status: 200,
        body: { kind: 'Status', status: 'Success', details: { name: 'a', kind: 'leases' } },
      });
    });

    test('a dry run of each write: answers as if, stores nothing', async () => {
      const { send } = world();
      const { leases } = await newPlace(send);
      expect(await send('POST', `${leases}?dryRun=All`, lease('a'))).toMatchObject({ status: 201 });
      expect(await send('GET', `${leases}/a`)).toMatchObject({ status: 404 });
      const made = await send('POST', leases, lease('a'));
      await send('PUT', `${leases}/a?dryRun=All`, lease('a', { leaseDurationSeconds: 99 }, versionOf(made.body)));
      await send('DELETE', `${leases}/a?dryRun=All`);
      expect(await send('GET', `${leases}/a`)).toMatchObject({ status: 200, body: made.body });
    });
  });
}

function versionOf(object: unknown): { readonly resourceVersion: string } {
  const { resourceVersion } = (object as { readonly metadata: { readonly resourceVersion: string } }).metadata;
  return { resourceVersion };
}
