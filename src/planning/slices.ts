import { InvalidInput } from '../domain/errors.ts';
import type { LeftOut, Plan, PlanFinding, PlanTarget, PlanTenant, PlanWave } from '../domain/plan.ts';
import type { JsonObject } from '../domain/workload.ts';
import { verifyInTurns } from './hash.ts';
import { allTurns, type Turns } from './turns.ts';

/** Most bytes of one slice: etcd takes 1.5 MB, and a text grows by its escapes when it becomes a field. */
export const SLICE_BYTES_LIMIT = 900_000;
/** Braces, commas, hash and part number around the entries. */
const ENVELOPE_BYTES = 1_000;

/** The plan without its long lists. */
type Head = Omit<Plan, 'waves' | 'tenants' | 'leftOut' | 'findings' | 'manifests'> & {
  readonly waves: readonly Omit<PlanWave, 'targets'>[];
};

/** One line of a slice; in plan order within its kind. */
type Entry =
  | { readonly head: Head }
  | { readonly tenant: PlanTenant }
  | { readonly leftOut: LeftOut }
  | { readonly finding: PlanFinding }
  | { readonly wave: number; readonly target: PlanTarget }
  | { readonly digest: string; readonly manifest: JsonObject };

interface Slice {
  readonly hash: string;
  /** 0-based. */
  readonly part: number;
  readonly parts: number;
  readonly entries: readonly Entry[];
}

/** A plan as JSON texts of at most `SLICE_BYTES_LIMIT` bytes each, every one naming the plan's hash. */
export function toSlices(plan: Plan): readonly string[] {
  return allTurns(slicedInTurns(plan));
}

/** The same in turns, one a slice. */
export function* slicedInTurns(plan: Plan): Turns<readonly string[]> {
  const groups: string[][] = [[]];
  let bytes = 0;
  for (const entry of entriesOf(plan)) {
    const text = JSON.stringify(entry);
    const size = byteLength(text) + 1;
    if (bytes + size > SLICE_BYTES_LIMIT - ENVELOPE_BYTES && bytes > 0) {
      groups.push([]);
      bytes = 0;
      yield;
    }
    groups.at(-1)?.push(text);
    bytes += size;
  }
  return groups.map(
    (group, part) => `{"hash":"${plan.hash}","part":${part},"parts":${groups.length},"entries":[${group.join(',')}]}`,
  );
}

/** The plan that `toSlices` cut, its hash verified; the order of the parts does not matter. @throws InvalidInput on any difference. */
export function fromSlices(texts: readonly string[]): Plan {
  return allTurns(joinedInTurns(texts));
}

/** The same in turns, one a slice. */
export function* joinedInTurns(texts: readonly string[]): Turns<Plan> {
  const slices: Slice[] = [];
  for (const text of texts) {
    slices.push(parseSlice(text));
    if (slices.length < texts.length) yield;
  }
  slices.sort((a, b) => a.part - b.part);
  const [first] = slices;
  if (first === undefined) throw broken('there is no slice');
  slices.forEach((slice, index) => {
    if (slice.hash !== first.hash) throw broken(`slices are of two plans, ${first.hash} and ${slice.hash}`);
    if (slice.part !== index || slice.parts !== slices.length)
      throw broken(`slice ${index} of ${slice.parts} is missing`);
  });
  const plan = assemble(slices.flatMap((slice) => slice.entries));
  if (slices.length > 1) yield;
  return yield* verifyInTurns(plan);
}

function* entriesOf(plan: Plan): Generator<Entry> {
  const { waves, tenants, leftOut, findings, manifests, ...rest } = plan;
  yield { head: { ...rest, waves: waves.map(withoutTargets) } };
  for (const tenant of tenants) yield { tenant };
  for (const one of leftOut) yield { leftOut: one };
  for (const finding of findings) yield { finding };
  for (const [index, wave] of waves.entries()) for (const target of wave.targets) yield { wave: index, target };
  // As an object, not as text: quotes inside quotes would double its size.
  for (const digest of Object.keys(manifests).sort()) yield { digest, manifest: JSON.parse(manifests[digest] ?? '') };
}

function withoutTargets(wave: PlanWave): Head['waves'][number] {
  const { targets: _targets, ...rest } = wave;
  return rest;
}

function assemble(entries: readonly Entry[]): Plan {
  const heads = entries.flatMap((entry) => ('head' in entry ? [entry.head] : []));
  const [head] = heads;
  if (head === undefined) throw broken('the head is missing');
  const targets = head.waves.map((): PlanTarget[] => []);
  const manifests: Record<string, string> = {};
  for (const entry of entries) {
    if ('target' in entry) targets[entry.wave]?.push(entry.target);
    if ('digest' in entry) manifests[entry.digest] = JSON.stringify(entry.manifest);
  }
  return {
    ...head,
    waves: head.waves.map((wave, index) => ({ ...wave, targets: targets[index] ?? [] })),
    tenants: entries.flatMap((entry) => ('tenant' in entry ? [entry.tenant] : [])),
    leftOut: entries.flatMap((entry) => ('leftOut' in entry ? [entry.leftOut] : [])),
    findings: entries.flatMap((entry) => ('finding' in entry ? [entry.finding] : [])),
    manifests,
  };
}

/** Only its shape is checked: what is in it is proved by the hash. */
function parseSlice(text: string): Slice {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(`a slice is not JSON: ${String(cause)}`);
  }
  const slice = value as Partial<Slice> | null;
  if (slice === null || typeof slice !== 'object' || typeof slice.hash !== 'string' || !Array.isArray(slice.entries)) {
    throw broken('a slice has no hash or no entries');
  }
  return slice as Slice;
}

function broken(what: string): InvalidInput {
  const message = `${what}: the stored plan cannot be used, plan the release again`;
  return new InvalidInput([{ file: null, line: null, column: null, path: 'planSlices', message }]);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
