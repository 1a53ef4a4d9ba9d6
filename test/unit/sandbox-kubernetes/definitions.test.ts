import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kinds } from '../../../src/ports/kinds.ts';
import { newStore, us } from './sandbox-objects.ts';

test('the definitions that we ship are served as the port names them', () => {
  const store = newStore();
  for (const file of readdirSync('deploy/crds').filter((name) => name.endsWith('.yaml'))) {
    store.create(parse(readFileSync(`deploy/crds/${file}`, 'utf8')), kinds.customResourceDefinition, us);
  }
  for (const kind of Object.values(kinds)) expect(store.resource(kind)).toMatchObject(kind);
});
