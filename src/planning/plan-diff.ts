import type { Plan, PlanFinding, PlanTarget, PlanWave, TargetId } from '../domain/plan.ts';
import { changedPaths } from './changed-paths.ts';
import { compare } from './findings.ts';
import { type SettingChange, waveSettings, wavesChanged } from './wave-diff.ts';

/** One side of a comparison. */
export interface PlanSide {
  readonly release: string;
  readonly hash: string;
  readonly version: string;
}

/** Something that was `from` and is `to`; `null`: it is not there. */
export interface Change {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Targets whose objects differ in the same places, apart from the images that the version names. */
export interface ObjectChange {
  readonly paths: readonly string[];
  readonly targets: readonly TargetId[];
}

/** What a plan does differently from another one. Lists are sorted. */
export interface PlanDiff {
  readonly from: PlanSide;
  readonly to: PlanSide;
  /** Whether nothing at all differs. */
  readonly isSame: boolean;
  readonly images: readonly Change[];
  readonly added: readonly { readonly target: TargetId; readonly wave: string; readonly tenants: readonly string[] }[];
  readonly removed: readonly {
    readonly target: TargetId;
    readonly wave: string;
    readonly tenants: readonly string[];
  }[];
  /** By target: the wave it was in, and is in. */
  readonly moved: readonly Change[];
  /** By target: tenants that came and went. */
  readonly tenants: readonly {
    readonly target: TargetId;
    readonly came: readonly string[];
    readonly went: readonly string[];
  }[];
  /** By tenant: why it is left out. */
  readonly leftOut: readonly Change[];
  /** Order and limits, gates and objectives. */
  readonly settings: readonly SettingChange[];
  readonly objects: readonly ObjectChange[];
  readonly newFindings: readonly PlanFinding[];
  readonly goneFindings: readonly PlanFinding[];
}

/** Compares two plans of a workload: whom it reaches, in which order, under which gates, with which objects. */
export function planDiff(from: Plan, to: Plan): PlanDiff {
  const before = placesOf(from);
  const after = placesOf(to);
  const both = [...after.values()].filter(({ target }) => before.has(target.id));
  return {
    from: sideOf(from),
    to: sideOf(to),
    isSame: from.hash === to.hash,
    images: changes(Object.entries(from.version.images), Object.entries(to.version.images)),
    added: placesOnlyIn(after, before),
    removed: placesOnlyIn(before, after),
    moved: both
      .map(({ target, wave }) => ({ name: target.id, from: before.get(target.id)!.wave.name, to: wave.name }))
      .filter((one) => one.from !== one.to),
    tenants: both.flatMap(({ target }) => tenantsChanged(before.get(target.id)!.target, target)),
    leftOut: changes(
      from.leftOut.map(({ tenant, reason }) => [tenant, reason]),
      to.leftOut.map(({ tenant, reason }) => [tenant, reason]),
    ),
    settings: [...wavesChanged(from, to), ...waveSettings(from, to)],
    objects: objectsChanged(
      from,
      to,
      both.map(({ target }) => [before.get(target.id)!.target, target]),
    ),
    newFindings: findingsOnlyIn(to, from),
    goneFindings: findingsOnlyIn(from, to),
  };
}

function sideOf({ release, hash, version }: Plan): PlanSide {
  return { release, hash, version: version.name };
}

interface Place {
  readonly target: PlanTarget;
  readonly wave: PlanWave;
}

function placesOf(plan: Plan): ReadonlyMap<TargetId, Place> {
  const places = plan.waves.flatMap((wave) => wave.targets.map((target) => [target.id, { target, wave }] as const));
  return new Map(places.sort(([a], [b]) => compare(a, b)));
}

function placesOnlyIn(places: ReadonlyMap<TargetId, Place>, others: ReadonlyMap<TargetId, Place>): PlanDiff['added'] {
  return [...places.values()]
    .filter(({ target }) => !others.has(target.id))
    .map(({ target, wave }) => ({ target: target.id, wave: wave.name, tenants: target.tenants }));
}

function tenantsChanged(before: PlanTarget, after: PlanTarget): PlanDiff['tenants'] {
  const came = after.tenants.filter((name) => !before.tenants.includes(name));
  const went = before.tenants.filter((name) => !after.tenants.includes(name));
  return came.length + went.length === 0 ? [] : [{ target: after.id, came, went }];
}

/** What differs between two lists of names and values. */
export function changes(
  from: readonly (readonly [string, string])[],
  to: readonly (readonly [string, string])[],
): readonly Change[] {
  const before = new Map(from);
  const after = new Map(to);
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort(compare)
    .map((name) => ({ name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
    .filter((one) => one.from !== one.to);
}

function findingsOnlyIn(plan: Plan, other: Plan): readonly PlanFinding[] {
  const keyOf = (one: PlanFinding) => [one.severity, one.reason, one.subject, one.message].join('\n');
  const known = new Set(other.findings.map(keyOf));
  return plan.findings.filter((one) => !known.has(keyOf(one)));
}

/** Groups targets by the places in which what is written for them differs. */
function objectsChanged(
  from: Plan,
  to: Plan,
  pairs: readonly (readonly [PlanTarget, PlanTarget])[],
): readonly ObjectChange[] {
  const images = new Set([...Object.values(from.version.images), ...Object.values(to.version.images)]);
  const groups = new Map<string, { readonly paths: readonly string[]; readonly targets: TargetId[] }>();
  for (const [before, after] of pairs) {
    const paths = changedPaths(from, before, to, after, images);
    if (paths.length === 0) continue;
    const key = paths.join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { paths, targets: [after.id] });
    else group.targets.push(after.id);
  }
  return [...groups.values()].sort(
    (a, b) => b.targets.length - a.targets.length || compare(a.targets[0]!, b.targets[0]!),
  );
}
