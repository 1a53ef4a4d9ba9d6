import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore, type Store } from '../../../src/sandbox/kubernetes/store.ts';
import { newNamespace, refOf, rollout } from './objects.ts';

/** Events the store keeps, up to twice as many; small, so that a version expires soon. */
const HISTORY_LIMIT = 100;

/** A store on real time, and what the suite asks of it beside its API. */
export function makeSandbox(): {
  readonly store: Store;
  readonly clock: Clock;
  readonly expiredVersion: () => Promise<string>;
} {
  const clock = createSystemClock();
  const store = createStore({ clock, cluster: 'sandbox', historyLimit: HISTORY_LIMIT });
  const expiredVersion = async (): Promise<string> => {
    const api = createInProcessApi(store);
    const write = { fieldManager: 'contract' };
    const made = await api.create(rollout(await newNamespace(api), 'busy'), kinds.rollout, write);
    for (let replicas = 2; replicas < 2 * HISTORY_LIMIT + 10; replicas += 1)
      await api.mergePatch(refOf(made, kinds.rollout), { spec: { replicas } }, write);
    return made.metadata.resourceVersion ?? '';
  };
  return { store, clock, expiredVersion };
}
