import { type Inventory, inventoryOf } from '../../../src/config/inventory.ts';
import { parseDocument } from '../../../src/config/parse-document.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { Instant } from '../../../src/domain/time.ts';
import { plan } from '../../../src/planning/plan.ts';
import { type FleetObject, imageOf } from './fleet-objects.ts';

/** Objects as the daemon reads them from its hub. @throws Error naming what is wrong with the first bad one */
export function inventoryFrom(objects: readonly FleetObject[]): Inventory {
  return inventoryOf(
    objects.map((object) => {
      const reading = parseDocument(object, `${object.kind}/${object.metadata.name}`);
      if (reading.outcome === 'parsed') return reading.document;
      throw new Error(`reading the measured fleet: ${reading.issues.map((issue) => issue.message).join('; ')}`);
    }),
  );
}

/** The plan of one version for the whole fleet. @throws Error when it is refused */
export function planVersion(inventory: Inventory, release: string, version: string, now: Instant): Plan {
  const made = plan({
    fleet: inventory.fleet,
    workload: inventory.workloads[0]!,
    wavePlan: inventory.wavePlans[0]!,
    release: {
      name: release,
      workload: 'app',
      wavePlan: 'plan',
      version: { name: version, images: { app: imageOf(version) } },
      scope: null,
    },
    now,
  });
  if (made.kind === 'planned') return made.plan;
  throw new Error(`planning the measured release: ${made.findings.map((one) => one.message).join('; ')}`);
}
