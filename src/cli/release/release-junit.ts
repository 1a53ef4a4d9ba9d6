import type { PlanTarget, PlanWave } from '../../domain/plan.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Instant } from '../../domain/time.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CaseOutcome, JunitCase, JunitSuite } from '../job/junit.ts';
import type { ReleaseView } from '../view/release-view.ts';
import type { JobEnd } from './job-end.ts';

/** A suite for what was waited for, and one a wave with a case a target. */
export function releaseSuites(view: ReleaseView, end: JobEnd): readonly JunitSuite[] {
  const runs = new Map(view.runs.map((run) => [run.target, run]));
  const waves = view.plan?.waves ?? [];
  return [
    { name: `release ${view.release}`, cases: [{ name: end.waitedFor, outcome: endOutcome(end), durationMs: 0 }] },
    ...waves.map((wave) => ({ name: `wave ${wave.name}`, cases: casesOf(wave, runs, view.now) })),
  ];
}

function endOutcome({ code, message }: JobEnd): CaseOutcome {
  const reason = Object.entries(exitCodes).find(([, known]) => known === code)?.[0] ?? 'unknown';
  if (code === exitCodes.done) return { kind: 'passed' };
  const isOpen = code === exitCodes.stillRunning || code === exitCodes.waitingForPerson || code === exitCodes.paused;
  return { kind: isOpen ? 'unknown' : 'failed', reason, message };
}

function casesOf(wave: PlanWave, runs: ReadonlyMap<string, TargetRun>, now: Instant): readonly JunitCase[] {
  return wave.targets.map((target) => {
    const run = runs.get(target.id);
    const durationMs = run === undefined ? 0 : (run.reachedAt ?? now) - run.startedAt;
    return { name: caseName(target), outcome: outcomeOf(run), durationMs };
  });
}

/** A report is searched by customer, and a target's id is found in the evidence. */
function caseName({ id, kind, tenants }: PlanTarget): string {
  return kind === 'dedicated' ? `${tenants.join(', ')} (${id})` : id;
}

function outcomeOf(run: TargetRun | undefined): CaseOutcome {
  if (run === undefined) return { kind: 'skipped', message: 'not started' };
  if (run.failure !== null) return { kind: 'failed', reason: run.failure.reason, message: run.failure.message };
  if (run.goal.kind === 'restored')
    return { kind: 'skipped', message: run.reachedAt === null ? 'on its way back' : 'taken back with the others' };
  return run.reachedAt === null ? { kind: 'skipped', message: 'under way' } : { kind: 'passed' };
}
