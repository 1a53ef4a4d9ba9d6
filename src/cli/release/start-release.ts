import { EXPECTED_PLAN } from '../../adapters/hub/hub-store.ts';
import type { ReleaseSpec } from '../../domain/wave-plan.ts';
import type { Json } from '../../domain/workload.ts';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { HubConnection } from '../composition.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { planOrRefuse, planRelease } from '../planned-releases.ts';
import { isPrefixOfHash } from './expected-plan.ts';
import { type GivenRelease, givenRelease } from './given-release.ts';
import { createReleaseReader, readRelease, type SeenRelease } from './release-reader.ts';
import { checkWave, type WaitFor } from './wait-for.ts';

/** Annotation that says who started a release. */
const STARTED_BY = 'tidegate.dev/started-by';

/** What to start. */
export interface StartWish {
  /** Files with the Release; empty: it is in the hub. */
  readonly paths: readonly string[];
  /** `null`: the only Release of the files. */
  readonly name: string | null;
  /** The beginning of the plan's hash; `null`: any plan. */
  readonly expectPlan: string | null;
  readonly waitFor: WaitFor | null;
  readonly by: string;
}

/** What came of it. Nothing was changed unless `code` is 0. */
export interface Started {
  readonly code: ExitCode;
  readonly release: string;
  readonly outcome: 'started' | 'attached' | 'refused';
  readonly planHash: string | null;
  readonly message: string;
}

/** Creates the Release, or attaches to it. @throws InvalidInput for what is wrong in the files, or does not fit the hub's fleet */
export async function startRelease(hub: HubConnection, wish: StartWish): Promise<Started> {
  if (wish.paths.length === 0) return attach(await readRelease(hub, wish.name!), wish);
  const given = await givenRelease(hub, wish.paths, wish.name);
  const there = await (await createReleaseReader(hub, given.spec.name)).read();
  if (there === null) return create(hub, given, wish);
  if (isSame(there.spec, given.spec)) return attach(there, wish);
  const message = `release ${given.spec.name} is there already and says something else; releases do not change, give this one another name`;
  return refused(there.spec.name, message);
}

async function create(hub: HubConnection, given: GivenRelease, wish: StartWish): Promise<Started> {
  const { spec, object, input } = given;
  const { hash, ...rest } = planOrRefuse(planRelease(input, spec, hub.clock.now()), spec);
  if (wish.waitFor?.kind === 'wave') checkWave(wish.waitFor.wave, { hash, ...rest }, '--wait-for');
  const drift = driftMessage(wish.expectPlan, spec.name, hash);
  if (drift !== null) return refused(spec.name, drift);
  const annotations = {
    ...object.metadata.annotations,
    [STARTED_BY]: wish.by,
    // the daemon plans once more, and must come to the same
    ...(wish.expectPlan === null ? {} : { [EXPECTED_PLAN]: wish.expectPlan }),
  };
  const metadata = { ...object.metadata, namespace: hub.namespace, annotations };
  await hub.api.create({ ...object, metadata }, kinds.release, { fieldManager: FIELD_MANAGER });
  const message = `started ${spec.name}, plan ${hash.slice(0, 12)}, by ${wish.by}; tidegate release watch ${spec.name}`;
  return { code: exitCodes.done, release: spec.name, outcome: 'started', planHash: hash, message };
}

function attach({ spec, view }: SeenRelease, wish: StartWish): Started {
  const planHash = view.status?.planHash ?? null;
  const drift = planHash === null ? null : driftMessage(wish.expectPlan, spec.name, planHash);
  if (drift !== null) return refused(spec.name, drift);
  const message = `${spec.name} was started before (${view.status?.phase ?? 'not seen by a daemon yet'}); nothing changed`;
  return { code: exitCodes.done, release: spec.name, outcome: 'attached', planHash, message };
}

function driftMessage(expected: string | null, release: string, hash: string): string | null {
  if (expected === null || isPrefixOfHash(expected, hash)) return null;
  return `the plan of ${release} is ${hash.slice(0, 12)}, not the expected ${expected.slice(0, 12)}: the fleet or the workload changed, review tidegate plan again`;
}

function refused(release: string, message: string): Started {
  return { code: exitCodes.refused, release, outcome: 'refused', planHash: null, message };
}

function isSame(there: ReleaseSpec, given: ReleaseSpec): boolean {
  return canonicalJson(there as unknown as Json) === canonicalJson(given as unknown as Json);
}
