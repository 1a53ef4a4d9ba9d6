import { annotations } from './annotations.ts';
import { liveContainers } from './container-images.ts';
import { type FieldOwner, type FieldPath, ownersOf } from './field-owners.ts';
import { remedyFor } from './owner-remedy.ts';
import { record } from './record.ts';

/** The name under which Tidegate writes; a field that it owns stays as a release wrote it. */
const OWN_MANAGER = 'tidegate';

/** What stands between somebody's Rollout and a release into it. */
export interface AdoptionFinding {
  readonly severity: 'error' | 'warning';
  /**
   * `BlueGreen`, `RollbackWindow`, `WorkloadRef`, `ContainerMissing`: a release cannot, or must not, go into it.
   * `NotAdopted`: it was not, or others own what a release writes. `ForeignWriter`: they do although it was adopted.
   * `AbandonedContainer`: its owner dropped the container, and Tidegate's ownership alone keeps it.
   */
  readonly reason: string;
  /** What was seen, by name, and what to do. */
  readonly message: string;
}

/** A field that a release writes. */
export interface OwnedField {
  /** For people: `image of app`, `canary steps`. */
  readonly name: string;
  readonly path: FieldPath;
}

/**
 * Judges a live Rollout that others made: may a release write the images of these containers, and its canary steps?
 * `adopt` is the command that proves it, for the messages. @default that of one Rollout
 */
export function adoptionFindings(
  rollout: unknown,
  containers: readonly string[],
  adopt: string = adoptCommand(rollout),
): readonly AdoptionFinding[] {
  const unfit = unfitness(rollout, containers, adopt);
  if (unfit.length > 0) return unfit;
  const foreign = foreignFields(rollout, containers, adopt);
  const found = [...foreign, ...abandoned(rollout, containers)];
  return adoptedBy(rollout) === null && foreign.length === 0 ? [...found, neverProven(rollout, adopt)] : found;
}

/** Owned by Tidegate, and yet nobody saw a proof: an adoption that was broken off. */
function neverProven(rollout: unknown, adopt: string): AdoptionFinding {
  const { name } = record(record(rollout)['metadata']);
  return error('NotAdopted', `the Rollout ${String(name)}: its adoption was not brought to its end, run ${adopt}`);
}

function adoptCommand(rollout: unknown): string {
  const { name, namespace } = record(record(rollout)['metadata']);
  return `tidegate adopt ${String(name)} -n ${String(namespace)} --prove`;
}

/** The fields of a release that the Rollout has: an absent one has no owner, and needs none. */
export function ownedFields(rollout: unknown, containers: readonly string[]): readonly OwnedField[] {
  const spec = record(record(rollout)['spec']);
  const images = ourContainers(rollout, containers).map(({ name, at }) => ({
    name: `image of ${name}`,
    path: [...at, 'image'],
  }));
  const hasSteps = record(record(spec['strategy'])['canary'])['steps'] !== undefined;
  return hasSteps ? [...images, { name: 'canary steps', path: ['spec', 'strategy', 'canary', 'steps'] }] : images;
}

/** Who else writes the containers of a release: adopted or not, what they send next may put back what a release wrote. */
export function otherWriters(rollout: unknown, containers: readonly string[]): readonly AdoptionFinding[] {
  const metadata = record(record(rollout)['metadata']);
  const owners = ourContainers(rollout, containers).flatMap(({ at }) => ownersOf(metadata['managedFields'], at));
  const managers = new Set(owners.filter((owner) => !isOwn(owner)).map(({ manager }) => manager));
  return [...managers].sort().map((manager) => ({
    severity: 'warning',
    reason: 'OtherWriter',
    message: `${manager} also writes containers of the Rollout ${String(metadata['name'])}: ${remedyFor(manager)}`,
  }));
}

/** Whether a Rollout has been adopted: its annotation says by which workload. */
export function adoptedBy(rollout: unknown): string | null {
  const value = record(record(record(rollout)['metadata'])['annotations'])[annotations.adopted];
  return typeof value === 'string' ? value : null;
}

function unfitness(rollout: unknown, containers: readonly string[], adopt: string): readonly AdoptionFinding[] {
  const { name } = record(record(rollout)['metadata']) as Readonly<Record<string, string>>;
  const spec = record(record(rollout)['spec']);
  const what = `the Rollout ${name}`;
  if (record(spec['strategy'])['blueGreen'] !== undefined)
    return [error('BlueGreen', `${what} is blue-green: Tidegate releases by canary, change its strategy first`)];
  if (spec['workloadRef'] !== undefined)
    return [error('WorkloadRef', `${what} takes its template from ${refName(spec)}: run ${adopt} to take it over`)];
  const has = new Set(liveContainers(spec['template']).map((container) => container.name));
  const missing = containers.filter((container) => !has.has(container));
  return [
    ...(spec['rollbackWindow'] === undefined
      ? []
      : [
          error(
            'RollbackWindow',
            `${what} has a rollbackWindow: a release to a version it ran before would skip its steps, remove spec.rollbackWindow`,
          ),
        ]),
    ...missing.map((container) =>
      error(
        'ContainerMissing',
        `${what} has no container ${container}, it has ${[...has].join(', ') || 'none'}: correct source.existing.containers`,
      ),
    ),
  ];
}

function refName(spec: Readonly<Record<string, unknown>>): string {
  const ref = record(spec['workloadRef']);
  return `${String(ref['kind'])} ${String(ref['name'])}`;
}

/** One finding for each manager that owns fields of a release, with all of them. */
function foreignFields(rollout: unknown, containers: readonly string[], adopt: string): readonly AdoptionFinding[] {
  const metadata = record(record(rollout)['metadata']);
  const fieldsOf = new Map<string, string[]>();
  for (const field of ownedFields(rollout, containers)) {
    const owners = ownersOf(metadata['managedFields'], field.path);
    if (owners.some(isOwn)) continue;
    const manager = [...new Set(owners.map((owner) => owner.manager))].sort().join(' and ');
    fieldsOf.set(manager, [...(fieldsOf.get(manager) ?? []), field.name]);
  }
  const isAdopted = adoptedBy(rollout) !== null;
  return [...fieldsOf].map(([manager, names]) => {
    const fields = `${names.join(', ')} of the Rollout ${String(metadata['name'])}`;
    if (manager === '') return error('NotAdopted', `${fields}: nobody owns it, run ${adopt}`);
    const remedy = manager.split(' and ').map(remedyFor).join('; ');
    return isAdopted
      ? error(
          'ForeignWriter',
          `${fields}: ${manager} has written it since it was adopted; ${remedy}; then run ${adopt}`,
        )
      : error('NotAdopted', `${fields}: owned by ${manager}, which may put it back; ${remedy}; then run ${adopt}`);
  });
}

/** Ownership outlives a container that its owner renamed: the API server keeps it, with an image and little else. */
function abandoned(rollout: unknown, containers: readonly string[]): readonly AdoptionFinding[] {
  const metadata = record(record(rollout)['metadata']);
  const all = liveContainers(record(record(rollout)['spec'])['template']).map(({ name }) => name);
  const isKeptByOthers = ({ at }: OurContainer) => ownersOf(metadata['managedFields'], at).some((one) => !isOwn(one));
  if (!ourContainers(rollout, all).some(isKeptByOthers)) return [];
  return ourContainers(rollout, containers)
    .filter((container) => !isKeptByOthers(container))
    .map(({ name }) =>
      error(
        'AbandonedContainer',
        `container ${name} of the Rollout ${String(metadata['name'])} is kept by Tidegate alone, its owner dropped or renamed it: remove it there, and correct source.existing.containers`,
      ),
    );
}

interface OurContainer {
  readonly name: string;
  readonly at: FieldPath;
}

function ourContainers(rollout: unknown, containers: readonly string[]): readonly OurContainer[] {
  const template = record(record(rollout)['spec'])['template'];
  return liveContainers(template)
    .filter(({ name }) => containers.includes(name))
    .map(({ name, path }) => ({ name, at: ['spec', 'template', 'spec', path.split('/')[2]!, { name }] }));
}

const isOwn = (owner: FieldOwner): boolean => owner.manager === OWN_MANAGER;

const error = (reason: string, message: string): AdoptionFinding => ({ severity: 'error', reason, message });
