import { readRun } from '../../src/adapters/hub/run-record.ts';
import type { Plan, PlanTarget } from '../../src/domain/plan.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import type { TargetRun } from '../../src/domain/target-run.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { type DaemonWrite, HUB, NAMESPACE, type SimulatedWorld } from './simulated-world.ts';

/** What a write to a Rollout does, read off its bytes alone. */
type Effect = 'forward' | 'resume' | 'abort' | 'restore' | 'promoteFull' | 'touch' | 'create';

/** Checks what must always hold, against the objects in the API servers and never against a daemon's memory. */
export interface InvariantChecker {
  readonly violations: readonly string[];
  check(write: DaemonWrite): void;
}

/** Watches the writes of all daemons of one release. */
export function createInvariantChecker(
  sim: SimulatedWorld,
  release: string,
  plan: () => Plan | null,
): InvariantChecker {
  const violations: string[] = [];
  let frozenSince: number | null = null;
  const complain = (rule: string, write: DaemonWrite): void =>
    void violations.push(
      `${rule}: ${write.verb} ${write.cluster}/${write.ref.namespace}/${write.ref.name} at ${sim.clock.now()}`,
    );

  function checkRollout(write: DaemonWrite, status: ReleaseStatus, made: Plan): void {
    const effect = effectOf(write);
    const waveIndex = made.waves.findIndex((wave) => wave.targets.some((target) => isAt(target, write)));
    if (waveIndex === -1) return complain('touched a target outside the plan', write);
    if (write.verb === 'patch' && !isFenced(write)) complain('a write without uid and epoch tests', write);
    if (effect !== 'forward' && effect !== 'resume' && effect !== 'create') return;
    if (status.waves.slice(0, waveIndex).some((wave) => wave.phase !== 'Passed'))
      complain('a wave moved before the one before it passed', write);
    if (status.rollback !== null) complain('widened after a rollback was decided', write);
    if (frozenSince !== null && sim.clock.now() - frozenSince > 1_000) complain('widened under a freeze', write);
    const run = runs(sim, made).find((one) => isAt(targetOf(made, one), write));
    if (run === undefined) return complain('acted before the goal was persisted', write);
    if (effect === 'resume' && !isPassed(run, made)) complain('resumed without a recorded pass', write);
  }

  return {
    violations,
    check(write) {
      const status = sim.status(release);
      const made = plan();
      frozenSince = isFrozen(sim) ? (frozenSince ?? sim.clock.now()) : null;
      if (status === null || made === null) return;
      if (write.stage === 'sent' && write.ref.kind === kinds.rollout) checkRollout(write, status, made);
      if (write.stage === 'done' && write.ref.kind === kinds.waveRun) {
        for (const wave of made.waves) {
          const inFlight = runs(sim, made).filter(
            (run) =>
              run.reachedAt === null &&
              run.goal.kind !== 'restored' &&
              wave.targets.some((one) => one.id === run.target),
          );
          if (inFlight.length > wave.maxConcurrency) complain(`more than ${wave.maxConcurrency} in flight`, write);
        }
      }
    },
  };
}

function effectOf(write: DaemonWrite): Effect {
  if (write.verb === 'create') return 'create';
  const paths = write.operations.filter((operation) => operation.op !== 'test').map((operation) => operation.path);
  if (paths.some((path) => path.startsWith('/spec/template')))
    return paths.some((path) => path.includes('restored') && path.startsWith('/metadata/annotations')) &&
      !paths.some((path) => path.endsWith('~1plan'))
      ? 'restore'
      : 'forward';
  if (paths.includes('/status/pauseConditions')) return 'resume';
  if (paths.includes('/status/abort')) return 'abort';
  return paths.includes('/status/promoteFull') ? 'promoteFull' : 'touch';
}

function isFenced(write: DaemonWrite): boolean {
  const tests = write.operations.filter((operation) => operation.op === 'test').map((operation) => operation.path);
  return (
    tests.includes('/metadata/uid') &&
    tests.some((path) => path.endsWith('epoch') || path === '/metadata/resourceVersion')
  );
}

function isPassed(run: TargetRun, plan: Plan): boolean {
  const isAnalysed = (run.analyses ?? []).filter(({ phase }) => phase === 'Successful').length;
  const isProven = run.deciding.length > 0 && run.deciding.every((sample) => sample.verdict === 'pass');
  return isProven && isAnalysed === (plan.analyses ?? []).length;
}

function isAt(target: PlanTarget, write: DaemonWrite): boolean {
  return (
    target.cluster === write.cluster && target.namespace === write.ref.namespace && target.rollout === write.ref.name
  );
}

function targetOf(plan: Plan, run: TargetRun): PlanTarget {
  return plan.waves.flatMap((wave) => wave.targets).find((target) => target.id === run.target)!;
}

/** The persisted runs, as they stand in the hub. */
export function runs(sim: SimulatedWorld, plan: Plan): readonly TargetRun[] {
  return sim.world
    .store(HUB)
    .list(kinds.waveRun, { namespace: NAMESPACE })
    .items.filter((object) => (object['spec'] as { planHash: string }).planHash === plan.hash)
    .flatMap((object) => ((object['status'] as { targets?: unknown[] } | undefined)?.targets ?? []).map(readRun));
}

function isFrozen(sim: SimulatedWorld): boolean {
  return sim.world.store(HUB).list(kinds.freeze, { namespace: NAMESPACE }).items.length > 0;
}
