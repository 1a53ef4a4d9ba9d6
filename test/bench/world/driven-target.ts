import { perform, refOf } from '../../../src/controller/actor.ts';
import { ConflictError } from '../../../src/domain/errors.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { earliest, type Instant, later } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { chooseCommand } from '../../../src/release/commands.ts';
import { type ObservedTarget, projectRollout } from '../../../src/release/observed-target.ts';
import type { IndexedTarget, PlanIndex } from '../../../src/release/plan-index.ts';
import type { VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import type { Store } from '../../../src/sandbox/kubernetes/store.ts';

/** One target, driven by the daemon's own choice of commands and its own way of sending them, without the rest of the daemon. */
export interface DrivenTarget {
  readonly indexed: IndexedTarget;
  readonly api: KubernetesApi;
  observed(): ObservedTarget;
  /** Waits until the Rollout is like this, doing nothing. `false` at the limit. */
  until(wanted: (observed: ObservedTarget) => boolean, limitMs: number): Promise<boolean>;
  /** Does what the goal asks for, nudges included, until the Rollout is like this. `false` at the limit. */
  drive(run: TargetRun, wanted: (observed: ObservedTarget) => boolean, limitMs: number): Promise<boolean>;
}

/** Where the driven targets are. */
export interface DrivenWorld {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly api: KubernetesApi;
  readonly index: PlanIndex;
}

const EPOCH = 1;

/** The targets of a plan that all stand in one cluster. */
export function drivenTargets(world: DrivenWorld): readonly DrivenTarget[] {
  const listeners = new Map<string, () => void>();
  world.store.subscribe(kinds.rollout, ({ object }) => listeners.get(object.metadata.namespace ?? '')?.());
  return [...world.index.targets.values()].map((indexed) => drivenTarget(world, indexed, listeners));
}

function drivenTarget(
  { clock, store, api, index }: DrivenWorld,
  indexed: IndexedTarget,
  listeners: Map<string, () => void>,
): DrivenTarget {
  const observed = () => projectRollout(store.get(refOf(indexed)));
  const changed = async (until: Instant): Promise<void> => {
    const wake = new AbortController();
    listeners.set(indexed.target.namespace, () => wake.abort());
    await clock.sleep(until - clock.now(), wake.signal);
    listeners.delete(indexed.target.namespace);
  };
  /** Sends the next command; otherwise says when to look again. */
  const step = async (run: TargetRun): Promise<Instant | 'sent'> => {
    const input = {
      now: clock.now(),
      release: index.plan.release,
      epoch: EPOCH,
      indexed,
      run,
      mayWiden: true,
      patienceMs: 0,
    };
    const { command, wakeAt } = chooseCommand({ ...input, observed: observed() });
    if (command === null) return wakeAt ?? later(clock.now(), 60_000);
    try {
      await perform(api, index, command);
    } catch (error) {
      // the controller was first: look again
      if (!(error instanceof ConflictError)) throw error;
    }
    return 'sent';
  };
  return {
    indexed,
    api,
    observed,
    async until(wanted, limitMs) {
      const limitAt = later(clock.now(), limitMs);
      while (!wanted(observed())) {
        if (clock.now() >= limitAt) return false;
        await changed(limitAt);
      }
      return true;
    },
    async drive(run, wanted, limitMs) {
      const limitAt = later(clock.now(), limitMs);
      while (!wanted(observed())) {
        if (clock.now() >= limitAt) return false;
        const next = await step(run);
        if (next !== 'sent') await changed(earliest(next, limitAt)!);
      }
      return true;
    },
  };
}
