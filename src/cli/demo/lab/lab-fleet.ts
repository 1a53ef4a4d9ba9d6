import { join } from 'node:path';
import { readFiles } from '../../../adapters/files/read-files.ts';
import type { Inventory } from '../../../config/inventory.ts';
import { loadInventory } from '../../../config/load-inventory.ts';
import type { InputFile } from '../../../config/yaml-documents.ts';
import type { Plan } from '../../../domain/plan.ts';
import type { Clock } from '../../../ports/clock.ts';
import { createTraffic, type Traffic } from '../../../sandbox/traffic/traffic.ts';
import { baselinePlans } from '../../sandbox-baseline.ts';
import { exampleFolder } from '../../sandbox-example.ts';
import { readTraffic, trafficModel } from '../../sandbox-traffic.ts';
import { labFolder } from './lab-process.ts';

/** The workload whose releases are played. */
export const WORKLOAD = 'storefront';
const VERSIONS = ['4.12.0', '4.13.0'];

/** The fleet of the lab as files say, before there is a lab. */
export interface LabFleet {
  readonly files: readonly InputFile[];
  readonly inventory: Inventory;
  readonly baseline: readonly Plan[];
  readonly traffic: Traffic;
  readonly releasesFolder: string;
  readonly clusters: readonly string[];
  /** The first cluster. */
  readonly hub: string;
}

/** Reads the fleet of `lab/fleet/` with the workload and the releases of the worked example. @throws InvalidInput for files that are wrong */
export async function readLabFleet(clock: Clock): Promise<LabFleet> {
  const folder = join(labFolder, 'fleet');
  const example = exampleFolder();
  const releasesFolder = join(example, 'releases');
  const own = ['fleet.yaml', 'quick.yaml'].map((name) => join(folder, name));
  const releases = VERSIONS.map((version) => join(releasesFolder, `${WORKLOAD}-${version}.yaml`));
  const files = await readFiles([...own, join(example, `${WORKLOAD}.yaml`), ...releases]);
  const inventory = loadInventory(files);
  const declared = await readTraffic(join(folder, 'lab.traffic'));
  const baseline = baselinePlans(inventory, null, declared.baseline, clock.now());
  const { tenants, clusters } = inventory.fleet;
  const traffic = createTraffic(trafficModel(declared, tenants, baseline), clock);
  const names = clusters.map(({ name }) => name);
  return { files, inventory, baseline, traffic, releasesFolder, clusters: names, hub: names[0]! };
}
