import { TerminalError } from '../../domain/errors.ts';
import type { Evidence } from '../../planning/evidence.ts';
import { type RecordedRelease, releaseEvidence } from '../../planning/release-evidence.ts';
import type { HubConnection } from '../composition.ts';
import { newestRelease, readRelease } from '../release/release-reader.ts';
import { tenantsServing } from '../view/exposure-now.ts';
import type { ReleaseView } from '../view/release-view.ts';

/** A release of the hub: its records, and the evidence that they are. */
export interface HubEvidence {
  readonly release: string;
  readonly recorded: RecordedRelease;
  readonly evidence: Evidence;
}

/** Reads a release, the newest without a name. @throws InvalidInput when it is not there, TerminalError when no daemon has planned it */
export async function readEvidence(hub: HubConnection, name: string | undefined): Promise<HubEvidence> {
  const release = name ?? (await newestRelease(hub));
  const { view } = await readRelease(hub, release);
  const { plan, status, runs } = view;
  if (plan === null || status === null)
    throw new TerminalError(
      `reading the evidence of ${release}: no daemon has planned it, see tidegate release status`,
    );
  const recorded = { plan, status, runs };
  const evidence = releaseEvidence(recorded, {
    promotedOnce: null,
    versions: versionsOf(view),
    harmed: null,
    commands: null,
    detectedAfterSeconds: null,
    rolledBackAfterSeconds: null,
  });
  return { release, recorded, evidence };
}

/** Tenant → version, as far as the records tell. */
function versionsOf({ plan, runs, version }: ReleaseView): ReadonlyMap<string, string> {
  if (plan === null) return new Map();
  const names = { new: version, partly: `partly on ${version}`, old: 'the version before' };
  return new Map([...tenantsServing(plan, runs)].map(([tenant, serving]) => [tenant, names[serving]]));
}
