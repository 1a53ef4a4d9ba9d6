import { instant } from '../../../src/domain/time.ts';
import { below, beside, type Figure } from '../figure.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { availability, fleetObjects, latency } from '../world/fleet-objects.ts';
import { inventoryFrom, planVersion } from '../world/inventory.ts';

const SECOND_MS = 1000;
const MB = 1024;

/** One cold `plan()`, and the peak of the whole process that did it, reading the fleet included. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const objects = fleetObjects({
    freeTenants: Math.ceil(6000 * scale),
    pools: Math.ceil(20 * scale),
    businessTenants: Math.ceil(3900 * scale),
    sharedClusters: 10,
    enterpriseTenants: Math.ceil(100 * scale),
    wave: { maxConcurrency: '10%', maxFailures: 0, steps: [10, 25, 50], bake: { step: '5m', wave: '15m' } },
    rollbackConcurrency: 50,
    slos: [availability, latency],
  });
  const readingSince = performance.now();
  const inventory = inventoryFrom(objects);
  const readMs = performance.now() - readingSince;
  const plannedSince = performance.now();
  const cpuSince = process.threadCpuUsage();
  const plan = planVersion(inventory, 'app-b', 'b', instant(Date.UTC(2026, 0, 5, 9)));
  const planMs = performance.now() - plannedSince;
  const cpu = process.threadCpuUsage(cpuSince);
  const targets = plan.waves.reduce((sum, wave) => sum + wave.targets.length, 0);
  const about = `${plan.tenants.length} tenants, ${targets} targets`;
  return [
    below(1, 'plan-10000 time', planMs / SECOND_MS, 's', `${about}, first call in its process`),
    beside('plan-10000 cpu', (cpu.user + cpu.system) / 1e6, 's', 'of its thread'),
    beside('plan-10000 reading', readMs / SECOND_MS, 's', 'the fleet’s objects, before'),
    below(300, 'plan-10000 memory', process.resourceUsage().maxRSS / MB, 'MB', 'peak RSS of the whole process'),
  ];
}
