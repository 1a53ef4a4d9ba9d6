import { FINAL_PHASES } from '../../domain/release-status.ts';
import type { RollbackRequest } from '../../domain/wave-plan.ts';
import type { HubConnection } from '../composition.ts';
import type { ActResult } from './approval.ts';
import { actName, createAct } from './human-act.ts';
import type { SeenRelease } from './release-reader.ts';

/** What a person asks for. */
type Wish = Pick<RollbackRequest, 'scope' | 'reason' | 'by'>;

const WORDS: Readonly<Record<Wish['scope'], string>> = {
  inFlight: 'what is in flight',
  wave: 'the current wave',
  release: 'every target of the release',
};

/** Asks the daemon for a rollback; the same scope twice is once. */
export async function askForRollback(hub: HubConnection, seen: SeenRelease, wish: Wish): Promise<ActResult> {
  const { release, status } = seen.view;
  const nothing = nothingToTakeBack(seen, wish.scope);
  if (nothing !== null) return { isRefused: true, object: null, message: nothing };
  const name = actName(release, wish.scope === 'inFlight' ? 'abort' : `rollback-${wish.scope}`);
  const isNew = await createAct(hub, seen, { kind: 'rollback', name, spec: { release, ...wish } });
  const follow = `tidegate release watch ${release}`;
  if (!isNew) return { isRefused: false, object: name, message: `this was asked for before; ${follow}` };
  const where = status === null ? ' as soon as a daemon sees it' : '';
  return { isRefused: false, object: name, message: `${WORDS[wish.scope]} goes back${where}; ${follow}` };
}

function nothingToTakeBack({ view }: SeenRelease, scope: Wish['scope']): string | null {
  const { release, status } = view;
  if (status === null || !FINAL_PHASES.has(status.phase)) return null;
  if (status.phase === 'Refused') return `${release} was refused and touched nothing`;
  if (scope !== 'inFlight') return null;
  return `${release} is over (${status.phase}), nothing is in flight; take all of it back with tidegate release rollback ${release}`;
}
