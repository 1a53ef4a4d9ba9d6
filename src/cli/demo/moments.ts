import type { TargetRun } from '../../domain/target-run.ts';
import { targetsOf } from '../view/exposure-now.ts';
import type { ReleaseView } from '../view/release-view.ts';
import { targetName } from '../view/target-lines.ts';
import type { Moment } from './play-release.ts';

/** From the decision to the kill: some targets are back by then, others on their way. */
const KILL_AFTER_MS = 350;
/** How long Prometheus stays away once everybody holds. */
const SILENCE_MS = 500;

/** In a wave's first step Prometheus is stopped, as a stuck disk would: nothing goes on until it answers again. */
export const stopPrometheus =
  (wave: string): Moment =>
  async ({ demo, until, look }) => {
    const { stage, world, hub } = demo;
    if (world.prometheusPid === null) return;
    const pid = world.prometheusPid();
    await until(`wave ${wave}`, (view) => openRuns(view, wave).length > 0 && isAtFirstStep(view, wave));
    process.kill(pid, 'SIGSTOP');
    try {
      stage.say(`!! Prometheus is stopped (SIGSTOP, pid ${pid}): nobody can say how wave ${wave} does`, 'bad');
      const held = await until(
        'it holds',
        ({ status }) => hasReason(status?.waitingFor, 'DataMissing'),
        world.patienceMs,
      );
      await hub.clock.sleep(SILENCE_MS, demo.signal);
      const isStill = goalsOf(await look()) === goalsOf(held);
      const verdict = isStill
        ? `it holds: no data is not a pass, nobody gets more of ${held.version}`
        : 'it went on without data';
      stage.say(`   ${verdict}`, isStill ? 'good' : 'bad');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    stage.say('   Prometheus goes on');
    await until('data again', ({ status }) => !hasReason(status?.waitingFor, 'DataMissing'), world.patienceMs);
  };

/** As soon as a rollback is persisted and under way, the daemon is killed; then it comes back. */
export const killDaemon: Moment = async ({ demo, witness, until, look }) => {
  const { stage, hub } = demo;
  const decided = until('a rollback', ({ status }) => status?.rollback != null);
  await Promise.race([witness.rollbackPersisted, decided]);
  await hub.clock.sleep(KILL_AFTER_MS, demo.signal);
  const { pid } = demo.daemon();
  await demo.daemon().kill();
  await decided;
  const view = await look();
  stage.say(`!! ${view.status?.rollback?.message ?? ''}`, 'bad');
  const back = view.runs.filter((run) => run.goal.kind === 'restored' && run.reachedAt !== null).length;
  stage.say(
    `!! and in mid-rollback the daemon dies (SIGKILL, pid ${pid}): ${back} of ${view.runs.length} targets are back, ${openText(view)}`,
    'bad',
  );
  const { pid: next } = demo.startDaemon();
  stage.say(`   a new daemon starts (pid ${next}): the decision is in the hub, it waits for the lease and goes on`);
};

/** The controller lost an abort: told when the new daemon nudges. */
export const tellOfNudges: Moment = async ({ demo, witness, until }) => {
  const abort = () => witness.nudges.find(({ isForAbort }) => isForAbort);
  await until('the rollback', ({ status }) => status?.phase === 'RolledBack' || abort() !== undefined);
  const nudge = abort();
  if (nudge === undefined) return;
  demo.stage.say(
    `!! ${nudge.target} still serves the bad version: its controller has lost the abort, as the real one does to a few in a hundred`,
    'bad',
  );
  demo.stage.say(`   no effect is seen, so it is nudged (attempt ${nudge.attempt}) until one is`);
};

function isAtFirstStep(view: ReleaseView, wave: string): boolean {
  return openRuns(view, wave).every(({ goal }) => goal.kind === 'step' && goal.step === 0);
}

function openRuns({ plan, runs }: ReleaseView, wave: string): readonly TargetRun[] {
  const ids = new Set(plan?.waves.find(({ name }) => name === wave)?.targets.map(({ id }) => id));
  return runs.filter((run) => ids.has(run.target) && run.reachedAt === null);
}

/** What every target is meant to do, as one text. */
function goalsOf({ runs }: ReleaseView): string {
  return JSON.stringify(runs.map(({ target, goal }) => [target, goal]));
}

function hasReason(waitingFor: readonly { readonly reason: string }[] | undefined, reason: string): boolean {
  return waitingFor?.some((one) => one.reason === reason) ?? false;
}

function openText({ plan, runs }: ReleaseView): string {
  if (plan === null) return '';
  const open = new Set(runs.filter((run) => run.reachedAt === null).map(({ target }) => target));
  const names = targetsOf(plan)
    .filter(({ id }) => open.has(id))
    .map(targetName);
  const shown = names.slice(0, 4).join(', ');
  if (names.length === 0) return 'none is left';
  return names.length > 4 ? `${shown} and ${names.length - 4} more are not` : `not yet ${shown}`;
}
