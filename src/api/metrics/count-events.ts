import type { DaemonEvent } from '../../controller/daemon.ts';
import type { SessionEvent } from '../../controller/release-session.ts';
import type { TargetId } from '../../domain/plan.ts';
import type { ReleaseStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Instant } from '../../domain/time.ts';
import type { Command } from '../../release/commands.ts';
import { outcomeOf } from './call-outcome.ts';
import type { MetricSet } from './metric-set.ts';

type Decided = Extract<SessionEvent, { readonly type: 'decided' }>;

/** What a pass decided and the next one has to confirm. */
interface Unconfirmed {
  /** Runs with samples that decided just now. */
  readonly judged: readonly TargetRun[];
  readonly rollback: ReleaseStatus['rollback'];
}

/** Counts what a daemon tells. @param now as of the instants in its events */
export function createEventCounter(metrics: MetricSet, now: () => Instant): (event: DaemonEvent) => void {
  const unconfirmed = new Map<string, Unconfirmed>();

  /** What was decided counts once it is persisted: the hub may refuse it, and then it is decided again. */
  function confirm({ snapshot, decision }: Decided): void {
    const before = unconfirmed.get(snapshot.release);
    if (before !== undefined) {
      const persisted = before.judged.filter((run) => snapshot.runs.get(run.target) === run);
      for (const run of persisted) countVerdicts(metrics, run);
      countRollback(metrics, before.rollback, snapshot.status.rollback);
    }
    const judged = decision.runs.filter((run) => isJudgedAnew(run, snapshot.runs.get(run.target)));
    unconfirmed.set(snapshot.release, { judged, rollback: snapshot.status.rollback });
  }

  return (event) => {
    switch (event.type) {
      case 'decided':
        metrics.passSeconds.observe(Math.max(0, now() - event.at) / 1000);
        return confirm(event);
      case 'sent':
        return countSent(metrics, event.command);
      case 'refused': {
        const { action, target } = event.command;
        const labels = { action: action.kind, cluster: clusterOf(target), outcome: outcomeOf(event.error) };
        return metrics.refused.inc(labels);
      }
      case 'sessionEnded':
        unconfirmed.delete(event.release);
        return undefined;
      default:
        return undefined;
    }
  };
}

/** Samples go from goal to goal with the run: only new ones are a verdict. */
function isJudgedAnew(run: TargetRun, before: TargetRun | undefined): boolean {
  return run.deciding.length > 0 && run.deciding !== before?.deciding;
}

function countVerdicts(metrics: MetricSet, { deciding }: TargetRun): void {
  for (const { slo, verdict } of deciding) metrics.verdicts.inc({ slo, verdict });
}

function countRollback(metrics: MetricSet, before: ReleaseStatus['rollback'], after: ReleaseStatus['rollback']): void {
  if (after === null || after.decidedAt === before?.decidedAt) return;
  metrics.rollbacks.inc({ scope: after.scope, reason: after.reason });
}

function countSent(metrics: MetricSet, { action, target }: Command): void {
  const cluster = clusterOf(target);
  if (action.kind === 'nudge') metrics.nudges.inc({ effect: action.effect, cluster });
  else metrics.sent.inc({ action: action.kind, cluster });
}

function clusterOf(target: TargetId): string {
  return target.slice(0, target.indexOf('/'));
}
