import { readFileSync } from 'node:fs';
import { loadInventory } from '../../src/config/load-inventory.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Instant } from '../../src/domain/time.ts';
import { plan } from '../../src/planning/plan.ts';

const folder = new URL('../../waves/', import.meta.url);

/** The plan of a release of the worked example. @throws Error when it is refused */
export function planOfExample(version: string, now: Instant): Plan {
  const paths = [
    'fleet.yaml',
    'storefront.yaml',
    'quick.yaml',
    'saas-tiers.yaml',
    `releases/storefront-${version}.yaml`,
  ];
  const inventory = loadInventory(paths.map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') })));
  const release = inventory.releases[0]!;
  const made = plan({
    fleet: inventory.fleet,
    workload: inventory.workloads.find(({ name }) => name === release.workload)!,
    wavePlan: inventory.wavePlans.find(({ name }) => name === release.wavePlan)!,
    release,
    now,
  });
  if (made.kind === 'planned') return made.plan;
  throw new Error(`planning the worked example: ${made.findings.map(({ message }) => message).join('; ')}`);
}
