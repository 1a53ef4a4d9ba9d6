import type { Inventory } from '../config/inventory.ts';
import { suggestion } from '../config/nearest-name.ts';
import type { Plan } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import { type GeneratedWorkload, isGenerated, type Workload } from '../domain/workload.ts';
import { containersOf } from '../manifests/pod-template.ts';
import { plan } from '../planning/plan.ts';
import { badArgument } from './failure.ts';

/**
 * The plans by which every target of every workload that we generate gets the version it starts with; holds do not count, for also who is held runs something.
 *
 * @param release the release whose version a workload starts with; `null`, or another workload's: the images of its own template
 * @throws InvalidInput for a release that is not there, and a workload that no wave plan covers
 */
export function baselinePlans(
  inventory: Inventory,
  release: string | null,
  versionName: string,
  now: Instant,
): readonly Plan[] {
  const chosen = inventory.releases.find((one) => one.name === release) ?? null;
  if (release !== null && chosen === null) {
    const known = inventory.releases.map((one) => one.name);
    throw badArgument(`--baseline: unknown release "${release}"${suggestion(release, known)}`);
  }
  const unheld = { ...inventory.fleet, tenants: inventory.fleet.tenants.map((one) => ({ ...one, hold: null })) };
  return inventory.workloads.filter(isGenerated).map((workload) => {
    const own = { name: versionName, images: ownImages(workload) };
    const version = chosen?.workload === workload.name ? chosen.version : own;
    return baselinePlan({ ...inventory, fleet: unheld }, workload, version, now);
  });
}

/** Along the first wave plan that covers the workload. */
function baselinePlan(
  { fleet, wavePlans }: Inventory,
  workload: Workload,
  version: ReleaseSpec['version'],
  now: Instant,
): Plan {
  const refusals: string[] = [];
  for (const wavePlan of wavePlans) {
    const name = `${workload.name}-baseline`;
    const release = { name, workload: workload.name, wavePlan: wavePlan.name, version, scope: null };
    const made = plan({ fleet, workload, wavePlan, release, now });
    if (made.kind === 'planned') return made.plan;
    const errors = made.findings.filter(({ severity }) => severity === 'error');
    refusals.push(`along ${wavePlan.name}: ${errors.map(({ message }) => message).join(', ')}`);
  }
  const why = refusals.length === 0 ? 'there is no wave plan' : refusals.join('; ');
  throw badArgument(`deploying the first version of ${workload.name}: ${why}`);
}

function ownImages({ source }: GeneratedWorkload): Readonly<Record<string, string>> {
  return Object.fromEntries(containersOf(source.template).map(({ name, image }) => [name, image]));
}
