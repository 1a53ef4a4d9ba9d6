import type { TargetRun } from '../../../src/domain/target-run.ts';
import { instant } from '../../../src/domain/time.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import { createRandom } from '../../simulation/random.ts';
import { atMost, beside, type Figure } from '../figure.ts';
import { quantile } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { type CommandCase, commandCases } from '../world/command-cases.ts';
import { createManyRollouts } from '../world/many-rollouts.ts';

const TIMES = 1000;
/** A command comes this long after the controller's own status write, at most. */
const WORST_MS = 50;
const EFFECT_BAR_MS = 3000;
/** What has had no effect by then is lost: only a resync would find it. */
const LOST_AFTER_MS = 60_000;

/** Each command at the worst moment, as Tidegate sends it and as a plain patch, against the model of the controller on virtual time. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const count = Math.max(20, Math.round(TIMES * scale));
  const figures: Figure[] = [];
  for (const command of commandCases) {
    const ours = await sendAll(command, count, true);
    const plain = await sendAll(command, count, false);
    const name = `lost-commands ${command.name}`;
    const lost = (effects: readonly (number | null)[]) => effects.filter((ms) => ms === null).length;
    const seen = ours.filter((ms) => ms !== null);
    figures.push(
      atMost(0, `${name} lost`, lost(ours), `of ${count}`, 'virtual time, 0–50 ms after the controller’s write'),
      beside(
        `${name} lost when sent once`,
        lost(plain),
        `of ${count}`,
        `a plain patch, no effect after ${LOST_AFTER_MS / 1000} s`,
      ),
      atMost(EFFECT_BAR_MS, `${name} effect p99`, quantile(seen, 0.99), 'ms', `slowest ${quantile(seen, 1)} ms`),
    );
  }
  return figures;
}

/** Milliseconds from each command to its effect; `null` for one that was lost. */
async function sendAll(command: CommandCase, count: number, isOurs: boolean): Promise<readonly (number | null)[]> {
  const rollouts = await createManyRollouts({ count, argo: {}, hasRollbackWindow: false });
  const { clock } = rollouts;
  const random = createRandom(1);
  const effects: (number | null)[] = [];
  const all = rollouts.targets.map(async (target) => {
    const started = rollouts.startRun(target);
    const isEffect = (observed: ObservedTarget) => command.isEffect(observed, started);
    let run = await command.prepare(target, started, clock);
    await clock.sleep(random() * WORST_MS);
    const sentAt = clock.now();
    run = { ...run, goalAt: instant(sentAt) } satisfies TargetRun;
    if (!isOurs) await command.sendOnce(target, run);
    const isSeen = isOurs
      ? await target.drive(run, isEffect, LOST_AFTER_MS)
      : await target.until(isEffect, LOST_AFTER_MS);
    effects.push(isSeen ? clock.now() - sentAt : null);
  });
  const everything = Promise.all(all);
  await clock.runUntil(() => effects.length === rollouts.targets.length, instant(clock.now() + 600_000));
  await everything;
  rollouts.world.stop();
  return effects;
}
