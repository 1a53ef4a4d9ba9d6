import { perform } from '../../../src/controller/actor.ts';
import { observeCluster } from '../../../src/controller/cluster-observer.ts';
import { ConflictError } from '../../../src/domain/errors.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { earliest, type Instant, later } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { type Command, chooseCommand } from '../../../src/release/commands.ts';
import { revisionOf } from '../../../src/release/location.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import type { IndexedTarget, PlanIndex } from '../../../src/release/plan-index.ts';

/** What came of driving a target. */
export interface Driven {
  readonly observed: ObservedTarget;
  /** The goal's record, with the revision that was seen meanwhile. */
  readonly run: TargetRun;
  /** What the API server took, in order. */
  readonly sent: readonly Command[];
}

/** Drives targets of one cluster by the daemon's own observer, choice of commands and actor, without the rest of the daemon. */
export interface Driver {
  /** The target as it was last seen. @throws Error when it is not there */
  observed(indexed: IndexedTarget): ObservedTarget;
  /** Waits until the target is like this, doing nothing. @throws NotInTime after `limitMs` */
  until(indexed: IndexedTarget, wanted: Wanted, limitMs?: number): Promise<ObservedTarget>;
  /** Does what the goal asks for, nudges included, until the target is like this. @throws NotInTime after `limitMs` */
  drive(index: PlanIndex, run: TargetRun, wanted: Wanted, limitMs?: number): Promise<Driven>;
  stop(): Promise<void>;
}

export type Wanted = (observed: ObservedTarget) => boolean;

/** A target did not become as wanted in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** The epoch under which a driver acts. */
export const DRIVER_EPOCH = 1;
const LIMIT_MS = 60_000;

/** Starts to watch the cluster. */
export function startDriver(api: KubernetesApi, clock: Clock): Driver {
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  const observer = observeCluster(api, clock, Math.random, () => {
    for (const wake of waiting) wake();
  });
  const watching = observer.run(stopping.signal);
  const seen = ({ target }: IndexedTarget): ObservedTarget | 'absent' => observer.target(target.id) ?? 'absent';

  /** Waits until the target is seen otherwise than it was, until then at most. */
  async function changed(indexed: IndexedTarget, from: ObservedTarget | 'absent', until: Instant): Promise<void> {
    if (seen(indexed) !== from) return;
    const woken = new AbortController();
    const wake = () => {
      if (seen(indexed) !== from) woken.abort();
    };
    waiting.add(wake);
    await clock.sleep(until - clock.now(), woken.signal);
    waiting.delete(wake);
  }

  function expectInTime(limitAt: Instant, indexed: IndexedTarget): void {
    if (clock.now() < limitAt) return;
    throw new NotInTime(`${indexed.target.id} did not become as wanted: ${JSON.stringify(seen(indexed))}`);
  }

  /** What the API server took; `null` when the controller was first. */
  async function send(index: PlanIndex, command: Command): Promise<Command | null> {
    try {
      observer.note(await perform(api, index, command));
      return command;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return null;
    }
  }

  return {
    observed(indexed) {
      const observed = seen(indexed);
      if (observed === 'absent') throw new Error(`${indexed.target.id} is not there`);
      return observed;
    },
    async until(indexed, wanted, limitMs = LIMIT_MS) {
      const limitAt = later(clock.now(), limitMs);
      for (;;) {
        const observed = seen(indexed);
        if (observed !== 'absent' && wanted(observed)) return observed;
        expectInTime(limitAt, indexed);
        await changed(indexed, observed, limitAt);
      }
    },
    async drive(index, started, wanted, limitMs = LIMIT_MS) {
      const limitAt = later(clock.now(), limitMs);
      const indexed = index.targets.get(started.target)!;
      const sent: Command[] = [];
      let run = started;
      for (;;) {
        const observed = seen(indexed);
        if (observed !== 'absent') run = { ...run, revision: revisionOf(run, indexed, observed) };
        if (observed !== 'absent' && wanted(observed)) return { observed, run, sent };
        expectInTime(limitAt, indexed);
        const { command, wakeAt } = chooseCommand({
          now: clock.now(),
          release: index.plan.release,
          epoch: DRIVER_EPOCH,
          indexed,
          run,
          observed,
          mayWiden: true,
          patienceMs: 0,
        });
        if (command === null) await changed(indexed, observed, earliest(wakeAt, limitAt)!);
        else {
          const taken = await send(index, command);
          // a conflict means that a newer object is on its way
          if (taken === null) await changed(indexed, observed, later(clock.now(), 50));
          else sent.push(taken);
        }
      }
    },
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
