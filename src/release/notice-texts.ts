import { assertNever } from '../domain/assert-never.ts';
import type { Notice } from '../domain/notice.ts';
import { OVER } from './bounded-waits.ts';

/** What there is to say about: a notice without its words. */
export type NoticeSubject = Omit<Notice, 'key' | 'title' | 'next' | 'command'>;

/** The words of a notice. */
export type NoticeTexts = Pick<Notice, 'title' | 'next' | 'command'>;

/** Advice of news that want nothing. */
export const NOTHING = 'nothing to do';

/** What a wave or the release waits for, by the reason of the hold. */
const waits: ReadonlyMap<string, string> = new Map([
  ['Frozen', 'is frozen'],
  ['WindowClosed', 'waits for its window'],
  ['AnotherRelease', 'waits for another release'],
  ['DataMissing', 'waits for data that prove it'],
  ['CannotGoOn', 'cannot go on'],
  ['SourceUnavailable', 'waits for its metric source'],
  ['ClusterUnreachable', 'waits for a cluster that is not reached'],
  ['PreflightFailed', 'does not start: preflight found an error'],
  ['PausedByHand', 'was paused by hand'],
]);

/** What is so when a hold is over, by its reason. */
const overs: ReadonlyMap<string, string> = new Map([
  ['ApprovalRequired', 'is approved'],
  ['Frozen', 'is not frozen any more'],
  ['WindowClosed', 'is in its window'],
  ['AnotherRelease', 'goes on: the other release is done'],
  ['DataMissing', 'has data again'],
  ['ClusterUnreachable', 'goes on: its clusters are reached'],
  ['PreflightFailed', 'goes on: preflight found no more errors'],
]);

/** How a hold ends that no person has to end. */
const ends: ReadonlyMap<string, string> = new Map([
  ['Frozen', `${NOTHING}: it goes on when the freeze ends`],
  ['WindowClosed', `${NOTHING}: it goes on when the window opens`],
  ['AnotherRelease', `${NOTHING}: it goes on when that release is done`],
]);

/** Title, advice and command line of a notice. */
export function textsOf(subject: NoticeSubject): NoticeTexts {
  const { kind, reason, release, wave, planHash } = subject;
  const where = wave === null ? 'the release' : `wave ${wave}`;
  const status = `tidegate release status ${release}`;
  const watch = `tidegate release watch ${release}`;
  switch (kind) {
    case 'planned':
      return { title: 'planned', next: `${NOTHING}: the first wave starts when its gates allow`, command: status };
    case 'started':
      return { title: `started with ${where}`, next: `${NOTHING}: follow it`, command: watch };
    case 'wave-started':
      return { title: `${where} started`, next: `${NOTHING}: follow it`, command: watch };
    case 'wave-baking':
      return { title: `${where} is on the new version and bakes`, next: `${NOTHING}: follow it`, command: watch };
    case 'wave-passed':
      return { title: `${where} passed`, next: NOTHING, command: status };
    case 'waiting-for-approval': {
      const plan = planHash === null ? '' : ` --expect-plan ${planHash.slice(0, 12)}`;
      const approve = `tidegate release approve ${release} --wave ${wave ?? 'WAVE'}${plan}`;
      return {
        title: `${where} waits for an approval`,
        next: 'read the plan, then approve the wave',
        command: approve,
      };
    }
    case 'held':
      return heldTexts(reason, where, status);
    case 'going-on':
      return { title: `${where} ${overOf(reason)}`, next: NOTHING, command: status };
    case 'warned':
      return { title: 'warning', next: 'read it before more tenants are on this version', command: status };
    case 'target-failed':
      return {
        title: `a target of ${where} failed`,
        next: 'it goes back by itself: see why it failed',
        command: status,
      };
    case 'rolling-back':
      return {
        title: 'is rolled back',
        next: `${NOTHING} yet: the tenants it reached go back to the version they had, follow it`,
        command: watch,
      };
    case 'rollback-incomplete':
      return {
        title: 'the rollback is not complete',
        next: 'tenants may still be on the new version: look at what the message names; it is tried on and on',
        command: status,
      };
    case 'rolled-back':
      return { title: 'rolled back', next: 'read why before the next release', command: status };
    case 'stuck':
      return stuckTexts(reason);
    case 'done':
      return { title: 'done', next: NOTHING, command: status };
    case 'refused':
      return {
        title: 'refused, nothing was changed',
        next: 'mend what the message names, then start it under a new name',
        command: status,
      };
    case 'superseded':
      return {
        title: 'is gone from the hub before it ended',
        next: 'targets stay as they are: start a release that settles which version they should have',
        command: 'tidegate release list',
      };
    default:
      return assertNever(kind);
  }
}

function overOf(reason: string): string {
  const hold = reason.slice(0, -OVER.length);
  return overs.get(hold) ?? `goes on after ${hold}`;
}

function heldTexts(reason: string, where: string, status: string): NoticeTexts {
  const title = `${where} ${waits.get(reason) ?? `is held (${reason})`}`;
  const end = ends.get(reason);
  if (end !== undefined) return { title, next: end, command: status };
  return { title, next: 'nothing widens meanwhile: mend what the message names', command: 'tidegate doctor' };
}

function stuckTexts(reason: string): NoticeTexts {
  if (reason === 'CommandRefused')
    return {
      title: 'a command is refused',
      next: 'grant or mend what the message names; it is tried again by itself',
      command: 'tidegate doctor',
    };
  return {
    title: 'a command has no effect',
    next: 'see whether the Argo Rollouts controller of that cluster works; the command is repeated until it has effect',
    command: 'tidegate doctor',
  };
}
