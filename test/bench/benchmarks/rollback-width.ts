import { atMost, beside, type Figure } from '../figure.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { createWideRollback, type RollbackFrom } from '../world/wide-rollback.ts';

const TARGETS = 100;
const BAR = 1.2;
const WIDTH = 50;

/** A rollback of one wave against the same world in which every patch is sent in one instant; stock rate limits, virtual time. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const targets = Math.max(10, Math.round(TARGETS * scale));
  const figures: Figure[] = [];
  for (const from of ['canary', 'promoted'] satisfies RollbackFrom[]) {
    const floorMs = await (await createWideRollback({ targets, from, maxConcurrency: targets })).atOnce();
    const wideMs = await (await createWideRollback({ targets, from, maxConcurrency: targets })).byDaemon();
    const narrowMs = await (await createWideRollback({ targets, from, maxConcurrency: WIDTH })).byDaemon();
    const name = `rollback-width ${from}`;
    figures.push(
      atMost(
        BAR,
        `${name}, all at once`,
        wideMs / floorMs,
        'x',
        `${targets} targets, decided → no pod of it is ready: ${wideMs} ms`,
      ),
      beside(
        `${name}, ${WIDTH} at once`,
        narrowMs / floorMs,
        'x',
        `${narrowMs} ms; the width is the plan’s own choice`,
      ),
      beside(`${name}, the controller’s own time`, floorMs, 'ms', 'all patches in one instant'),
    );
  }
  return figures;
}
