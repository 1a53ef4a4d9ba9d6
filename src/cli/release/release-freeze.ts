import { FINAL_PHASES } from '../../domain/release-status.ts';
import { kinds } from '../../ports/kinds.ts';
import type { HubConnection } from '../composition.ts';
import type { ActResult } from './approval.ts';
import { actName, createAct } from './human-act.ts';
import type { SeenRelease } from './release-reader.ts';

/** Name of the Freeze that `pause` makes and `resume` deletes. */
function freezeName(release: string): string {
  return actName(release, 'paused');
}

/** Freezes the release; twice is once. */
export async function pause(
  hub: HubConnection,
  seen: SeenRelease,
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<ActResult> {
  const { release, status } = seen.view;
  if (status !== null && FINAL_PHASES.has(status.phase))
    return {
      isRefused: true,
      object: null,
      message: `${release} is over (${status.phase}), there is nothing to pause`,
    };
  const name = freezeName(release);
  const isNew = await createAct(hub, seen, { kind: 'freeze', name, spec: { scope: { release }, reason, by } });
  const state = isNew ? 'is paused' : 'was paused before';
  return {
    isRefused: false,
    object: name,
    message: `${release} ${state}; rollback still works; tidegate release resume ${release}`,
  };
}

/** Ends the pause; says what else stops the release, if anything does. */
export async function resume(hub: HubConnection, seen: SeenRelease): Promise<ActResult> {
  const { release } = seen.view;
  const name = freezeName(release);
  const ref = { kind: kinds.freeze, namespace: hub.namespace, name };
  const was = await hub.api.get(ref);
  if (was !== undefined) await hub.api.delete(ref);
  const others = await otherFreezes(hub, release, name);
  const rest = others.length === 0 ? '' : `; still frozen by ${others.join(', ')}`;
  const message = was === undefined ? `${release} was not paused` : `${release} goes on`;
  return { isRefused: false, object: name, message: `${message}${rest}` };
}

async function otherFreezes(hub: HubConnection, release: string, own: string): Promise<readonly string[]> {
  const { items } = await hub.api.list(kinds.freeze, { namespace: hub.namespace });
  return items
    .filter(({ metadata, spec }) => {
      const { scope } = spec as { readonly scope: { readonly release?: string; readonly all?: boolean } };
      return metadata.name !== own && (scope.all === true || scope.release === release);
    })
    .map(({ metadata }) => metadata.name);
}
