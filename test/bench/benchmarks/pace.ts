import { atMost, beside, type Figure } from '../figure.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { createPacedWave } from '../world/paced-wave.ts';

const SIZES = [100, 200];
/** Of the time that the first step takes if everything is sent at once. */
const TIME_BAR = 1.1;
/** More targets than this say nothing that fewer do not. */
const WAITING_BAR = 20;
/** A rollback comes when this share of that time has passed. */
const MIDDLE = 0.4;
/** Of the time that everything takes if it is aborted in one instant. */
const ABORT_BAR = 1;

/** One wave as wide as it is long in a cluster with stock rate limits: as the daemon paces it, and with everything sent at once. Virtual time. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) {
    const targets = Math.max(20, Math.round(size * scale));
    const all = await (await (await createPacedWave(targets)).atOnce()).digest();
    const paced = await (await (await createPacedWave(targets)).byDaemon()).digest();
    const middleMs = Math.round(all.toPauseMs * MIDDLE);
    const allBack = await (await (await createPacedWave(targets)).atOnce()).rollBackAfter(middleMs);
    const pacedBack = await (await (await createPacedWave(targets)).byDaemon()).rollBackAfter(middleMs);
    const name = `pace of ${targets}`;
    figures.push(
      atMost(WAITING_BAR, `${name}, most waiting`, paced.mostWaiting, 'targets', `${all.mostWaiting} all at once`),
      atMost(
        TIME_BAR,
        `${name}, to the first pause`,
        paced.toPauseMs / all.toPauseMs,
        'x',
        `${paced.toPauseMs} ms against ${all.toPauseMs} ms all at once`,
      ),
      beside(`${name}, first target to judge`, paced.firstPauseMs, 'ms', `${all.firstPauseMs} ms all at once`),
      atMost(
        ABORT_BAR,
        `${name}, rollback after ${middleMs} ms`,
        pacedBack.abortedMs / allBack.abortedMs,
        'x',
        `all aborted: ${pacedBack.exposed} targets in ${pacedBack.abortedMs} ms against ${allBack.exposed} in ${allBack.abortedMs} ms`,
      ),
    );
  }
  return figures;
}
