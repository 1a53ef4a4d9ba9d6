import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';
import { type Lane, openLane } from './lane.ts';
import { type CommandName, type Sample, SENDERS, type Sender } from './sample.ts';

/** How commands are sent. */
export interface SituationOptions {
  readonly name: string;
  /** How often each command is sent, by us and plainly. */
  readonly count: number;
  /** Rollouts side by side. */
  readonly lanes: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** One kind of trip, and how many are still to be made. */
interface Kind {
  readonly trip: keyof Pick<Lane, 'canary' | 'promoted'>;
  readonly sender: Sender;
  left: number;
}

/** Commands follow the sight of the controller's own write after 0 to this many ms, spread evenly. */
const WORST_MS = 90;
/** Multiples of it fill an interval evenly, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Trips of one lane that may break before the lab counts as broken. */
const BREAKS = 5;
/** Lanes open one after the other. */
const STAGGER_MS = 300;
const PROGRESS_MS = 10_000;
/** Each of the two trips measures two commands. */
const COMMANDS = 4;

/** Makes every trip, lanes side by side, ours and plain ones in turns; on the signal it ends with what there is. */
export async function runSituation(world: DrivenWorld, options: SituationOptions): Promise<readonly Sample[]> {
  const { name, count, lanes, signal, log } = options;
  const samples: Sample[] = [];
  const kinds: readonly Kind[] = (['canary', 'promoted'] as const).flatMap((trip) =>
    SENDERS.map((sender) => ({ trip, sender, left: count })),
  );
  const delayMs = evenDelays();
  const note = (sample: Sample) => samples.push(sample);

  async function runLane(_: unknown, number: number): Promise<void> {
    await world.clock.sleep(number * STAGGER_MS, signal);
    let lane = await openLane(world);
    let breaks = 0;
    for (let turn = number; !signal.aborted; turn += 1) {
      const kind = takeNext(kinds, turn);
      if (kind === null) break;
      try {
        await lane[kind.trip]({ sender: kind.sender, delayMs, note });
      } catch (error) {
        if (signal.aborted) break;
        breaks += 1;
        log(`${name}: a trip broke off and is made again: ${(error as Error).message.slice(0, 400)}`);
        if (breaks > BREAKS) throw error;
        kind.left += 1;
        await lane.remove();
        lane = await openLane(world);
      }
    }
    await lane.remove();
  }

  const startedAt = world.clock.now();
  const progress = setInterval(() => {
    const seconds = Math.round((world.clock.now() - startedAt) / 1000);
    log(`${name}: ${samples.length} of ${count * COMMANDS * SENDERS.length} after ${seconds} s, ${lostIn(samples)}`);
  }, PROGRESS_MS);
  try {
    await Promise.race([Promise.all(Array.from({ length: lanes }, runLane)), aborted(signal)]);
  } finally {
    clearInterval(progress);
  }
  return samples;
}

/** Takes turns over the kinds of which some are left. */
function takeNext(kinds: readonly Kind[], turn: number): Kind | null {
  for (let step = 0; step < kinds.length; step += 1) {
    const kind = kinds[(turn + step) % kinds.length]!;
    if (kind.left === 0) continue;
    kind.left -= 1;
    return kind;
  }
  return null;
}

/** Gives delays that are spread evenly for each command and sender. */
function evenDelays(): (command: CommandName, sender: Sender) => number {
  const given = new Map<string, number>();
  return (command, sender) => {
    const key = `${command} ${sender}`;
    const turn = (given.get(key) ?? 0) + 1;
    given.set(key, turn);
    return Math.floor(((turn * GOLDEN) % 1) * WORST_MS);
  };
}

function lostIn(samples: readonly Sample[]): string {
  const lost = (wanted: Sender) =>
    samples.filter(({ sender, effectMs }) => sender === wanted && effectMs === null).length;
  return `lost: ours ${lost('ours')}, plain ${lost('plain')}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
