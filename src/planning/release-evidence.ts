import type { Plan, PlanWave, TargetId } from '../domain/plan.ts';
import type { ReleasePhase, ReleaseStatus, WaveStatus } from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import type { DecisionEvidence, Evidence, HarmedTenant, TenantsOnVersion, WaveEvidence } from './evidence.ts';
import { nudgeEvidence } from './evidence-nudges.ts';
import { analysisEvidence, verdictEvidence } from './evidence-verdicts.ts';
import { compare } from './findings.ts';

/** A release as its objects have it. */
export interface RecordedRelease {
  readonly plan: Plan;
  readonly status: ReleaseStatus;
  readonly runs: readonly TargetRun[];
}

/** What is known beside the records; `null` where nobody watched. */
export interface Witnessed {
  /** Targets that were on the new version alone at some time. */
  readonly promotedOnce: ReadonlySet<TargetId> | null;
  /** Tenant → version that serves it. */
  readonly versions: ReadonlyMap<string, string>;
  readonly harmed: readonly HarmedTenant[] | null;
  readonly commands: Evidence['commands'];
  readonly detectedAfterSeconds: number | null;
  readonly rolledBackAfterSeconds: number | null;
}

/** What a release did, from what was recorded while it ran. */
export function releaseEvidence(recorded: RecordedRelease, witnessed: Witnessed): Evidence {
  const { plan, status, runs } = recorded;
  const parts = plan.waves.map((wave, index) => ({ wave, status: status.waves[index], own: runsOf(wave, runs) }));
  const startedAt = status.timeline[0]?.at ?? status.waves.flatMap((wave) => wave.startedAt ?? [])[0];
  return {
    planHash: plan.hash,
    outcome: outcomeOf(status.phase),
    message: status.rollback?.message ?? status.message,
    startedAt: startedAt ?? runs.map((run) => run.startedAt).reduce((a, b) => (a < b ? a : b)),
    endedAt: status.finishedAt,
    waves: parts.map((part) => waveEvidence(part.wave, part.status, part.own, witnessed.promotedOnce)),
    events: status.timeline.map(({ at, reason, message }) => ({
      at,
      actor: reason === 'RollbackDecided' ? (status.rollback?.by ?? 'tidegate') : 'tidegate',
      text: message,
    })),
    decisions: parts.flatMap(({ wave, own }) => own.map((run) => decisionEvidence(wave, run))),
    verdicts: parts.flatMap(({ wave, own }) => own.flatMap((run) => verdictEvidence(plan, wave, run))),
    analyses: parts.flatMap(({ wave, own }) => own.flatMap((run) => analysisEvidence(plan, wave, run))),
    samplesDropped: runs.reduce((sum, run) => sum + (run.samplesDropped ?? 0), 0),
    commands: witnessed.commands,
    nudges: nudgeEvidence(runs),
    tenants: tenantsOnVersions(witnessed.versions),
    harmed: witnessed.harmed,
    detectedAfterSeconds: witnessed.detectedAfterSeconds,
    rolledBackAfterSeconds: witnessed.rolledBackAfterSeconds,
  };
}

function outcomeOf(phase: ReleasePhase): Evidence['outcome'] {
  return phase === 'Completed' || phase === 'RolledBack' || phase === 'RollbackIncomplete' || phase === 'Refused'
    ? phase
    : 'Running';
}

function waveEvidence(
  wave: PlanWave,
  status: WaveStatus | undefined,
  own: readonly TargetRun[],
  promotedOnce: ReadonlySet<TargetId> | null,
): WaveEvidence {
  const back = own.filter((run) => run.goal.kind === 'restored' && run.reachedAt !== null);
  const ends = own.flatMap(({ reachedAt }) => reachedAt ?? []);
  return {
    name: wave.name,
    targets: wave.targets.length,
    promoted: own.filter((run) => run.goal.kind === 'promoted' && run.reachedAt !== null).length,
    rolledBack: back.length,
    takenBackAfterPromotion:
      promotedOnce === null ? null : back.filter(({ target }) => promotedOnce.has(target)).length,
    notReached: own.filter((run) => run.goal.kind === 'restored' && run.reachedAt === null).map(({ target }) => target),
    startedAt: status?.startedAt ?? null,
    endedAt: status?.passedAt ?? (ends.length === 0 ? null : ends.reduce((a, b) => (a > b ? a : b))),
    nudges: nudgeEvidence(own),
  };
}

function decisionEvidence(wave: PlanWave, run: TargetRun): DecisionEvidence {
  return {
    at: run.failure?.at ?? run.goalAt,
    wave: wave.name,
    target: run.target,
    failure: run.failure?.reason ?? null,
    samplesDropped: run.samplesDropped ?? 0,
  };
}

function runsOf(wave: PlanWave, runs: readonly TargetRun[]): readonly TargetRun[] {
  const ids = new Set(wave.targets.map(({ id }) => id));
  return runs.filter(({ target }) => ids.has(target));
}

function tenantsOnVersions(versions: ReadonlyMap<string, string>): readonly TenantsOnVersion[] {
  const counts = new Map<string, number>();
  for (const version of versions.values()) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => compare(a, b)).map(([version, tenants]) => ({ version, tenants }));
}
