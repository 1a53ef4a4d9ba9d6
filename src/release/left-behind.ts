import type { TargetId } from '../domain/plan.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { locateRestore } from './location.ts';
import type { Snapshot } from './snapshot.ts';

/** A target that did not end where the release wants it, and why. */
export interface LeftBehind {
  readonly target: TargetId;
  readonly why: string;
}

/** Targets whose way back has ended elsewhere than on the version they had. */
export function leftBehind(snapshot: Snapshot, runs: readonly TargetRun[]): readonly LeftBehind[] {
  return runs.flatMap((run) => {
    const why = run.goal.kind === 'restored' && run.reachedAt !== null ? whyLeft(snapshot, run) : null;
    return why === null ? [] : [{ target: run.target, why }];
  });
}

/** Targets of waves that have passed whose record is gone: nobody knows what they ran before. */
export function lostRecords(snapshot: Snapshot): readonly LeftBehind[] {
  const passed = snapshot.index.waves.filter((_, index) => snapshot.status.waves[index]?.phase === 'Passed');
  return passed
    .flatMap((wave) => wave.targets)
    .filter((target) => !snapshot.runs.has(target.id))
    .map((target) => ({ target: target.id, why: 'its record in the hub is lost' }));
}

function whyLeft(snapshot: Snapshot, run: TargetRun): string | null {
  const indexed = snapshot.index.targets.get(run.target);
  const observed = snapshot.targets.get(run.target);
  if (indexed === undefined || observed === undefined) return null;
  const location = locateRestore(run, indexed, observed, snapshot.release);
  switch (location.kind) {
    case 'absent':
      return run.previous.kind === 'nothing' ? null : 'its Rollout is gone';
    case 'nothingBefore':
      return 'first deploy, nothing to go back to';
    case 'superseded':
      return `carries ${location.by}`;
    default:
      return null;
  }
}

/** Targets that failed within the budget and were taken back, by their reasons. */
export function failedTargets(snapshot: Snapshot): readonly LeftBehind[] {
  return [...snapshot.runs.values()].flatMap(({ target, failure }) =>
    failure === null ? [] : [{ target, why: failure.reason }],
  );
}

/** Names in one sentence; the WaveRuns have them all. */
const NAMED = 10;

/** `sentence`, with its exceptions by name. */
export function exceptFor(sentence: string, left: readonly LeftBehind[]): string {
  if (left.length === 0) return sentence;
  const names = left.slice(0, NAMED).map(({ target, why }) => `${target} (${why})`);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  return `${sentence}, except: ${names.join(', ')}${more}`;
}
