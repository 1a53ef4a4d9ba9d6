import type { PlanWave, TargetId } from '../../domain/plan.ts';
import type { ReleasePhase, WaveStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Evidence, HarmedTenant, VerdictEvidence, WaveEvidence } from '../../planning/evidence.ts';
import { nudgeEvidence } from '../../planning/evidence-nudges.ts';
import { compare } from '../../planning/findings.ts';
import type { ReleaseOutcome } from './outcome.ts';
import type { PlayedRelease } from './play-release.ts';

/** What is known of a release besides plan, status and runs. */
export interface Findings {
  readonly outcome: ReleaseOutcome;
  /** Tenant → version that serves it at the end, by name. */
  readonly versions: ReadonlyMap<string, string>;
  readonly harmed: readonly HarmedTenant[];
  readonly commands: Evidence['commands'];
}

/** What a release did, from what was recorded while it ran. */
export function releaseEvidence(played: PlayedRelease, findings: Findings): Evidence {
  const { plan, status, runs, witness } = played;
  const { outcome } = findings;
  return {
    planHash: plan.hash,
    outcome: outcomeOf(status.phase),
    message: status.rollback?.message ?? status.message,
    startedAt: status.timeline[0]!.at,
    endedAt: status.finishedAt,
    waves: plan.waves.map((wave, index) => waveEvidence(wave, status.waves[index]!, runs, witness.promoted)),
    events: status.timeline.map(({ at, reason, message }) => ({
      at,
      actor: reason === 'RollbackDecided' ? (status.rollback?.by ?? 'tidegate') : 'tidegate',
      text: message,
    })),
    verdicts: plan.waves.flatMap((wave) => verdicts(wave, runs)),
    commands: findings.commands,
    nudges: nudgeEvidence(runs),
    tenants: tenantsOnVersions(findings.versions),
    harmed: findings.harmed,
    detectedAfterSeconds: outcome.detectedAfterSeconds,
    rolledBackAfterSeconds: outcome.rolledBackAfterSeconds,
  };
}

function outcomeOf(phase: ReleasePhase): Evidence['outcome'] {
  return phase === 'Completed' || phase === 'RolledBack' || phase === 'RollbackIncomplete' || phase === 'Refused'
    ? phase
    : 'Running';
}

function waveEvidence(
  wave: PlanWave,
  status: WaveStatus,
  runs: readonly TargetRun[],
  promotedOnce: ReadonlySet<TargetId>,
): WaveEvidence {
  const own = runsOf(wave, runs);
  const back = own.filter((run) => run.goal.kind === 'restored' && run.reachedAt !== null);
  const ends = own.flatMap(({ reachedAt }) => reachedAt ?? []);
  return {
    name: wave.name,
    targets: wave.targets.length,
    promoted: own.filter((run) => run.goal.kind === 'promoted' && run.reachedAt !== null).length,
    rolledBack: back.length,
    takenBackAfterPromotion: back.filter(({ target }) => promotedOnce.has(target)).length,
    notReached: own.filter((run) => run.goal.kind === 'restored' && run.reachedAt === null).map(({ target }) => target),
    startedAt: status.startedAt,
    endedAt: status.passedAt ?? (ends.length === 0 ? null : ends.reduce((a, b) => (a > b ? a : b))),
    nudges: nudgeEvidence(own),
  };
}

function verdicts(wave: PlanWave, runs: readonly TargetRun[]): readonly VerdictEvidence[] {
  return runsOf(wave, runs).flatMap((run) =>
    run.deciding.map(({ slo, verdict, good, total, objective }) => ({
      at: run.failure?.at ?? run.goalAt,
      wave: wave.name,
      target: run.target,
      slo,
      verdict,
      counts: { good, total },
      objective,
    })),
  );
}

function runsOf(wave: PlanWave, runs: readonly TargetRun[]): readonly TargetRun[] {
  const ids = new Set(wave.targets.map(({ id }) => id));
  return runs.filter(({ target }) => ids.has(target));
}

function tenantsOnVersions(versions: ReadonlyMap<string, string>): Evidence['tenants'] {
  const counts = new Map<string, number>();
  for (const version of versions.values()) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => compare(a, b)).map(([version, tenants]) => ({ version, tenants }));
}
