import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';
import { type Lane, openLane } from './lane.ts';
import { type CommandName, type Sample, SENDERS, type Sender } from './sample.ts';

/** How commands are sent. */
export interface SituationOptions {
  readonly name: string;
  /** How often each command is sent, by each sender. */
  readonly counts: Readonly<Record<Sender, number>>;
  /** Rollouts side by side, for each sender. */
  readonly lanes: Readonly<Record<Sender, number>>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** One kind of trip, how many are made and how many of them are left. */
interface Kind {
  readonly trip: keyof Pick<Lane, 'canary' | 'promoted'>;
  readonly sender: Sender;
  readonly count: number;
  left: number;
}

/** Commands follow the sight of the controller's own write after 0 to this many ms, spread evenly. */
const WORST_MS = 90;
/** Multiples of it fill an interval evenly, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Trips of one lane that may break before it is given up. */
const BREAKS = 5;
/** Lanes open one after the other. */
const STAGGER_MS = 300;
const PROGRESS_MS = 10_000;
/** Each of the two trips measures two commands. */
const COMMANDS_A_TRIP = 2;

/** Makes every trip, lanes side by side, ours and plain ones in turns; on the signal it ends with what there is. */
export async function runSituation(world: DrivenWorld, options: SituationOptions): Promise<readonly Sample[]> {
  const { name, counts, lanes, signal, log } = options;
  const samples: Sample[] = [];
  const kinds: readonly Kind[] = (['canary', 'promoted'] as const).flatMap((trip) =>
    SENDERS.map((sender) => ({ trip, sender, count: counts[sender], left: counts[sender] })),
  );
  const wanted = kinds.reduce((sum, { count }) => sum + count * COMMANDS_A_TRIP, 0);
  const delayMs = evenDelays();
  const note = (sample: Sample) => samples.push(sample);

  const complain = (what: string) => (error: unknown) => {
    if (!signal.aborted) log(`${name}: ${what}: ${(error as Error).message}`);
    return null;
  };

  /** Makes one trip on a lane; `null` when it broke off: then the Rollout is of no more use. */
  async function travel(lane: Lane, kind: Kind): Promise<Lane | null> {
    try {
      await lane[kind.trip]({ sender: kind.sender, delayMs, note });
      return lane;
    } catch (error) {
      kind.left += 1;
      complain('a trip broke off and is made again')(error);
      await lane.remove().catch(complain('removing its Rollout'));
      return null;
    }
  }

  async function runLane(sender: Sender, number: number): Promise<void> {
    await world.clock.sleep(number * STAGGER_MS, signal);
    const own = kinds.filter((kind) => kind.sender === sender);
    let lane: Lane | null = null;
    for (let opened = 0; !signal.aborted; ) {
      if (lane === null) {
        if (opened > BREAKS) return;
        opened += 1;
        lane = await openLane(world).catch(complain('deploying a Rollout'));
        continue;
      }
      const kind = takeNext(own);
      if (kind === null) break;
      lane = await travel(lane, kind);
    }
    await lane?.remove().catch(complain('removing a Rollout'));
  }

  const startedAt = world.clock.now();
  const progress = setInterval(() => {
    const seconds = Math.round((world.clock.now() - startedAt) / 1000);
    log(`${name}: ${samples.length} of ${wanted} after ${seconds} s, ${lostIn(samples)}`);
  }, PROGRESS_MS);
  try {
    const running = SENDERS.flatMap((sender) =>
      Array.from({ length: lanes[sender] }, (_, number) => runLane(sender, number)),
    );
    await Promise.race([Promise.all(running), aborted(signal)]);
  } finally {
    clearInterval(progress);
  }
  return samples;
}

/** The kind of which the largest share is left, so that both trips are made from the first moment to the last. */
function takeNext(kinds: readonly Kind[]): Kind | null {
  const share = ({ left, count }: Kind) => left / count;
  const next = kinds.reduce((best, kind) => (share(kind) > share(best) ? kind : best));
  if (next.left === 0) return null;
  next.left -= 1;
  return next;
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
