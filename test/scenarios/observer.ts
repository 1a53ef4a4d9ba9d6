import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { collapse, holds, Revisions, stateOf } from './milestones.ts';
import type { Condition, Milestone, RolloutState } from './scenario.ts';
import type { World } from './world.ts';

interface Waiter {
  readonly isMet: () => boolean;
  readonly resolve: () => void;
}

/** Follows one namespace's Rollout and keeps what was seen. */
export class Observer {
  readonly revisions = new Revisions();
  readonly #world: World;
  readonly #namespace: string;
  readonly #stop = new AbortController();
  readonly #seen: Milestone[] = [];
  readonly #waiters = new Set<Waiter>();
  #rollout: KubernetesObject | undefined;
  #state: RolloutState | undefined;
  #changedAtMs = 0;
  #watching: Promise<void> = Promise.resolve();
  #failure = '';

  constructor(world: World, namespace: string) {
    this.#world = world;
    this.#namespace = namespace;
  }

  /** Starts to watch; from here on nothing is missed. */
  async start(): Promise<void> {
    const { resourceVersion } = await this.#world.api.list(kinds.rollout, { namespace: this.#namespace });
    this.#watching = this.#watch(resourceVersion).catch((error: unknown) => {
      this.#failure = error instanceof Error ? `; the watch failed: ${error.message}` : '; the watch failed';
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  /** Notes a step of the scenario, or what was found at the end. */
  note(milestone: Milestone): void {
    this.#seen.push(milestone);
    this.#changedAtMs = this.#world.now();
  }

  /** Everything so far, collapsed. */
  get milestones(): Milestone[] {
    return collapse(this.#seen);
  }

  /** The Rollout as last seen. */
  get rollout(): KubernetesObject {
    if (!this.#rollout) throw new Error(`no Rollout has been seen in ${this.#namespace}`);
    return this.#rollout;
  }

  /** Whether the condition holds now. */
  isSeen(condition: Condition): boolean {
    return this.#state !== undefined && holds(condition, this.#state);
  }

  /** Resolves in the very moment in which the condition is seen to hold. @throws Error after `limitMs` */
  until(condition: Condition, limitMs: number): Promise<void> {
    return this.#wait(() => this.isSeen(condition), JSON.stringify(condition), limitMs);
  }

  /** The same, without a complaint: whether it is seen to hold within `limitMs`. */
  seesWithin(condition: Condition, limitMs: number): Promise<boolean> {
    return this.#comes(() => this.isSeen(condition), limitMs);
  }

  /** Resolves when the watch has shown a write of ours, so that what follows is noted after it. @throws Error after `limitMs` */
  untilWritten(written: KubernetesObject, limitMs: number): Promise<void> {
    const wanted = Number(written.metadata.resourceVersion);
    const isShown = () => Number(this.rollout.metadata.resourceVersion) >= wanted;
    return this.#wait(isShown, `resourceVersion ${wanted}`, limitMs);
  }

  /** Resolves when nothing has been seen or noted for so long. @throws Error after `limitMs` */
  async untilStill(stillMs: number, limitMs: number): Promise<void> {
    const deadlineAtMs = this.#world.now() + limitMs;
    for (;;) {
      const remainingMs = this.#changedAtMs + stillMs - this.#world.now();
      if (remainingMs <= 0) return;
      if (this.#world.now() > deadlineAtMs) throw new Error(this.complain(`it was never still for ${stillMs} ms`));
      await this.#world.sleep(remainingMs);
    }
  }

  /** Says what is wrong, with everything that was seen. */
  complain(what: string): string {
    const seen = this.milestones.map((milestone) => `  ${JSON.stringify(milestone)}`).join('\n');
    return `${what}${this.#failure}; seen so far:\n${seen}`;
  }

  async #wait(isMet: () => boolean, what: string, limitMs: number): Promise<void> {
    if (!(await this.#comes(isMet, limitMs))) throw new Error(this.complain(`${what} was not seen in ${limitMs} ms`));
  }

  async #comes(isMet: () => boolean, limitMs: number): Promise<boolean> {
    if (isMet()) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { isMet, resolve };
    this.#waiters.add(waiter);
    const timer = new AbortController();
    const late = this.#world.sleep(limitMs, timer.signal).then(() => 'late' as const);
    const outcome = await Promise.race([promise, late]);
    this.#waiters.delete(waiter);
    timer.abort();
    return outcome !== 'late';
  }

  async #watch(from: string): Promise<void> {
    let resourceVersion = from;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const events = this.#world.api.watch(kinds.rollout, { namespace: this.#namespace, resourceVersion, signal });
      for await (const event of events) {
        if (event.type === 'bookmark') {
          resourceVersion = event.resourceVersion;
          continue;
        }
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        if (event.type === 'deleted') this.#see({ phase: 'Gone' });
        else this.#observe(event.object);
      }
    }
  }

  #observe(rollout: KubernetesObject): void {
    this.#rollout = rollout;
    this.#see(stateOf(rollout, this.revisions));
  }

  #see(state: RolloutState): void {
    const before = this.milestones.length;
    this.#state = state;
    this.#seen.push(state);
    if (this.milestones.length > before) this.#changedAtMs = this.#world.now();
    for (const waiter of this.#waiters) {
      if (waiter.isMet()) waiter.resolve();
    }
  }
}
