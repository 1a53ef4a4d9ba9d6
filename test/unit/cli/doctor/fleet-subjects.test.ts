import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fleetSubjects } from '../../../../src/cli/doctor/fleet-subjects.ts';
import { loadInventory } from '../../../../src/config/load-inventory.ts';
import { instant } from '../../../../src/domain/time.ts';

const folder = new URL('../../../../waves/', import.meta.url);
const files = ['fleet.yaml', 'storefront.yaml', 'saas-tiers.yaml'];
const inventory = loadInventory(files.map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') })));
const subjects = fleetSubjects(inventory, instant(Date.UTC(2026, 10, 22)));

test('every placement of the fleet is a target of its cluster, held tenants too', () => {
  const clusters = inventory.fleet.clusters.map(({ name }) => name);
  const counts = Object.fromEntries(clusters.map((name) => [name, subjects.targetsOf(name).length]));
  expect(counts).toEqual({ 'acme-prod': 1, 'initech-prod': 1, 'shared-eu': 9, 'shared-us': 7, 'umbrella-prod': 1 });
  expect(subjects.targetsOf('acme-prod')).toEqual([
    { id: 'acme-prod/storefront/storefront', namespace: 'storefront', rollout: 'storefront', adoptedContainers: null },
  ]);
});

test('tiers that are asked differently have a question each, the others share one', () => {
  const all = subjects.slosOf('prometheus', new Set(inventory.fleet.clusters.map(({ name }) => name)));
  const asked = Object.fromEntries(all.map(({ name, rows }) => [name, rows.length]));
  expect(asked).toEqual({
    'storefront/availability': 40,
    'storefront/latency (enterprise)': 3,
    'storefront/latency (business)': 14,
    'storefront/latency (free)': 23,
  });
});

test('clusters that are not looked at have no rows', () => {
  const one = subjects.slosOf('prometheus', new Set(['acme-prod']));
  expect(one.map(({ name, rows }) => [name, rows.map(({ tenant }) => tenant)])).toEqual([
    ['storefront/availability', ['acme']],
    ['storefront/latency', ['acme']],
  ]);
});
