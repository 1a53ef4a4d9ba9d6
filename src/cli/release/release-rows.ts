import { readStatus } from '../../adapters/hub/hub-store.ts';
import type { HubConnection } from '../composition.ts';
import { listReleases, specOf } from './release-reader.ts';

/** A release in one line. */
export interface ReleaseRow {
  readonly name: string;
  readonly workload: string;
  readonly version: string;
  readonly phase: string;
  /** The wave that is under way; empty when none is. */
  readonly wave: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly message: string;
}

/** Every release of the hub, the newest last. @throws InvalidInput when one is not what its kind allows */
export async function readRows(hub: HubConnection): Promise<readonly ReleaseRow[]> {
  const objects = await listReleases(hub);
  const rows = objects.map((object): ReleaseRow => {
    const { name, workload, version } = specOf(object);
    const status = readStatus(object['status']);
    const wave = status?.waves.find(({ phase }) => phase !== 'Passed' && phase !== 'Waiting');
    return {
      name,
      workload,
      version: version.name,
      phase: status?.phase ?? 'NotSeen',
      wave: wave?.name ?? '',
      startedAt: object.metadata.creationTimestamp ?? '',
      message: status?.rollback?.message ?? status?.message ?? 'no daemon has planned it yet',
    };
  });
  return rows.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
}
