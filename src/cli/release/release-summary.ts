import { formatInstant, type Instant } from '../../domain/time.ts';
import { nudgeEvidence } from '../../planning/evidence-nudges.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exposureNow } from '../view/exposure-now.ts';
import type { ReleaseView } from '../view/release-view.ts';
import { countWave } from '../view/wave-count.ts';

/** A release as JSON: the same facts that the picture shows. */
export function releaseSummary(view: ReleaseView, exitCode: ExitCode): Readonly<Record<string, unknown>> {
  const { release, workload, version, plan, status, runs } = view;
  const byTarget = new Map(runs.map((run) => [run.target, run]));
  return {
    release,
    workload,
    version,
    phase: status?.phase ?? 'NotSeen',
    planHash: status?.planHash ?? null,
    message: status?.message ?? 'no daemon has planned it yet',
    waitingFor: status?.waitingFor ?? [],
    exposure: plan === null ? null : exposureNow(plan, runs),
    waves: (plan?.waves ?? []).map((wave, index) => ({
      name: wave.name,
      phase: status?.waves[index]?.phase ?? 'Waiting',
      ...countWave(wave, byTarget),
      allowedFailures: wave.maxFailures,
      passedAt: textOf(status?.waves[index]?.passedAt ?? null),
    })),
    nudges: nudgeEvidence(runs),
    rollback: status?.rollback == null ? null : { ...status.rollback, decidedAt: textOf(status.rollback.decidedAt) },
    finishedAt: textOf(status?.finishedAt ?? null),
    exitCode,
  };
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
