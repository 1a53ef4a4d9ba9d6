import type { DaemonEvent } from '../controller/daemon.ts';
import type { SessionEvent } from '../controller/release-session.ts';
import { assertNever } from '../domain/assert-never.ts';
import { ConflictError } from '../domain/errors.ts';
import type { TargetId } from '../domain/plan.ts';
import type { Command } from '../release/commands.ts';
import type { Logger } from './logger.ts';

/** Where a target stands, for log lines. */
interface Place {
  readonly release: string;
  readonly wave: string;
}

type Decided = Extract<SessionEvent, { readonly type: 'decided' }>;

/** Turns what a daemon tells into log lines with release, wave and target. */
export function createDaemonLog(log: Logger): (event: DaemonEvent) => void {
  const places = new Map<TargetId, Place>();
  let deciding: Decided | null = null;

  /** Commands are sent right after the decision that they came from, and may be refused much later. */
  function placeOf({ target }: Command): Partial<Place> {
    const found = deciding === null ? undefined : placeIn(deciding, target);
    if (found !== undefined) places.set(target, found);
    return places.get(target) ?? {};
  }

  return (event) => {
    switch (event.type) {
      case 'decided':
        deciding = event;
        return logDecision(log, event);
      case 'sent':
        return logSent(log, event.command, placeOf(event.command));
      case 'refused':
        return logRefused(log, event.command, event.error, places.get(event.command.target) ?? {});
      case 'leading':
        return log.info({ epoch: event.epoch }, 'leads');
      case 'following':
        return log.info({ holder: event.holder }, 'follows');
      case 'sessionStarted':
        return log.info({ release: event.release }, 'drives the release');
      case 'sessionEnded':
        return log.info({ release: event.release }, 'is done with the release');
      case 'retrying':
        return log.warn({ release: event.release, error: event.error.message }, 'looks at the release again');
      case 'releasesSeen':
        return undefined;
      case 'clusterState':
        return logClusterState(log, event);
      case 'clusterUnusable':
        return log.error(
          { cluster: event.cluster, error: event.error.message },
          'cannot use the cluster; its targets wait',
        );
      case 'sourceChanged':
        return log.info({ source: event.source }, 'asks the metric source as it is declared now');
      case 'connectionWrong':
        return log.error({ error: event.message }, 'a declaration is wrong and stays as it was: mend it');
      default:
        return assertNever(event);
    }
  };
}

function placeIn({ snapshot }: Decided, target: TargetId): Place | undefined {
  const indexed = snapshot.index.targets.get(target);
  if (indexed === undefined) return undefined;
  return { release: snapshot.release, wave: snapshot.index.waves[indexed.waveIndex]?.name ?? '' };
}

function logClusterState(log: Logger, { cluster, state }: Extract<DaemonEvent, { type: 'clusterState' }>): void {
  if (state.kind === 'fresh') log.info({ cluster }, 'sees the cluster as it is');
  else log.warn({ cluster, error: state.message }, 'does not see the cluster; its targets wait');
}

/** What is new in the release's story, then its phase when that changed. */
function logDecision(log: Logger, { snapshot, decision, at }: Decided): void {
  const { status, runs, commands, wakeAt } = decision;
  const { release } = snapshot;
  if (runs.length + commands.length > 0) {
    const wakeInMs = wakeAt === null ? null : wakeAt - at;
    log.debug({ release, commands: commands.length, runs: runs.length, wakeInMs }, 'decides');
  }
  if (status === null) return;
  for (const entry of status.timeline.filter((one) => one.at === at)) {
    log.info({ release, reason: entry.reason }, entry.message);
  }
  if (status.phase === snapshot.status.phase) return;
  log.info({ release, phase: status.phase, plan: status.planHash?.slice(0, 12) }, status.message);
}

function logSent(log: Logger, { target, action }: Command, place: Partial<Place>): void {
  const subject = { ...place, target, action: action.kind };
  if (action.kind === 'nudge') {
    log.warn({ ...subject, effect: action.effect, attempt: action.attempt }, 'nudges: the effect is overdue');
  } else if (action.kind === 'resume') log.info({ ...subject, step: action.step }, 'sends a command');
  else log.info(subject, 'sends a command');
}

/** A conflict is the fence at work: what was seen had changed, and is looked at again. */
function logRefused(log: Logger, { target, action }: Command, error: Error, place: Partial<Place>): void {
  const subject = { ...place, target, action: action.kind, kind: error.name, error: error.message };
  if (error instanceof ConflictError) log.info(subject, 'a command was refused, looks again');
  else log.warn(subject, 'a command failed, tries again');
}
