import { InvalidInput } from '../domain/errors.ts';
import type { Plan, PlanFinding } from '../domain/plan.ts';
import type { ReleaseStatus } from '../domain/release-status.ts';
import type { Instant } from '../domain/time.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import { planInTurns } from '../planning/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { PlanningInput, ReleaseStore, StoredRelease } from '../ports/release-store.ts';
import { takeTurns } from '../ports/take-turns.ts';

/**
 * Plans a release that has no plan yet and persists the plan before its status; a refusal is persisted too.
 *
 * A release that was rolled back never starts again by itself. A new one of the same images is somebody's word for it; the story says so.
 */
export async function planNewRelease(
  store: ReleaseStore,
  release: StoredRelease,
  earlier: readonly StoredRelease[],
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  const result = await makePlan(store, release, clock);
  if (result.kind === 'refused') {
    await store.saveStatus(release.spec.name, refusedStatus(result.message, now));
    return;
  }
  await store.savePlan(result.plan);
  const status = pendingStatus(result.plan, now);
  const warned = rolledBackBefore(release, earlier).map((message) => ({
    at: now,
    reason: 'RolledBackBefore',
    message,
  }));
  await store.saveStatus(release.spec.name, { ...status, timeline: [...status.timeline, ...warned] });
}

function rolledBackBefore({ spec }: StoredRelease, earlier: readonly StoredRelease[]): readonly string[] {
  const images = imagesOf(spec);
  return earlier
    .filter((one) => one.status?.phase === 'RolledBack' && one.spec.workload === spec.workload)
    .filter((one) => imagesOf(one.spec) === images)
    .map((one) => `these images were taken back once, by release ${one.spec.name}: ${one.status?.message}`);
}

/** The images of a release as one text, whatever order they are named in. */
function imagesOf({ version }: ReleaseSpec): string {
  const containers = Object.keys(version.images).sort();
  return containers.map((container) => `${container}=${version.images[container]}`).join(' ');
}

type Made = { readonly kind: 'planned'; readonly plan: Plan } | { readonly kind: 'refused'; readonly message: string };

async function makePlan(store: ReleaseStore, release: StoredRelease, clock: Clock): Promise<Made> {
  try {
    return expected(await planFrom(await store.loadPlanningInput(), release, clock), release);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { kind: 'refused', message: error.message };
  }
}

async function planFrom(input: PlanningInput, { spec }: StoredRelease, clock: Clock): Promise<Made> {
  const workload = input.workloads.find((one) => one.name === spec.workload);
  const wavePlan = input.wavePlans.find((one) => one.name === spec.wavePlan);
  if (workload === undefined)
    return { kind: 'refused', message: `workload ${spec.workload} is not in the hub, apply it first` };
  if (wavePlan === undefined)
    return { kind: 'refused', message: `wave plan ${spec.wavePlan} is not in the hub, apply it first` };
  const { fleet } = input;
  const result = await takeTurns(planInTurns({ fleet, workload, wavePlan, release: spec, now: clock.now() }), clock);
  if (result.kind === 'planned') return result;
  return {
    kind: 'refused',
    message: result.findings
      .filter(isError)
      .map((finding) => `${finding.subject}: ${finding.message}`)
      .join('; '),
  };
}

function expected(made: Made, { expectedPlan }: StoredRelease): Made {
  if (made.kind === 'refused' || expectedPlan === null || made.plan.hash.startsWith(expectedPlan)) return made;
  const message = `the plan is ${made.plan.hash.slice(0, 12)}, not the expected ${expectedPlan.slice(0, 12)}: the fleet or the workload changed, review the plan again`;
  return { kind: 'refused', message };
}

const isError = (finding: PlanFinding) => finding.severity === 'error';

/** The status of a planned release before its first wave. */
export function pendingStatus(made: Plan, now: Instant): ReleaseStatus {
  const message = `planned: ${made.waves.length} waves`;
  return {
    phase: 'Pending',
    planHash: made.hash,
    message,
    waves: made.waves.map(({ name }) => ({
      name,
      phase: 'Waiting',
      startedAt: null,
      bakingSince: null,
      passedAt: null,
      blockedSince: null,
      blockedMs: 0,
    })),
    waitingFor: [],
    rollback: null,
    handledRequests: [],
    timeline: [{ at: now, reason: 'Planned', message: `plan ${made.hash.slice(0, 12)}` }],
    finishedAt: null,
  };
}

function refusedStatus(message: string, now: Instant): ReleaseStatus {
  return {
    phase: 'Refused',
    planHash: null,
    message,
    waves: [],
    waitingFor: [],
    rollback: null,
    handledRequests: [],
    timeline: [{ at: now, reason: 'Refused', message }],
    finishedAt: now,
  };
}
