import type { NoticeKind, NoticeSeverity } from '../domain/notice.ts';
import type { ReleaseStatus, TimelineEntry } from '../domain/release-status.ts';
import { HOLDS, OVER } from './bounded-waits.ts';

/** What a line of a release's story is, and how much it wants of its reader. */
export interface Classified {
  readonly kind: NoticeKind;
  readonly severity: NoticeSeverity;
}

const as = (kind: NoticeKind, severity: NoticeSeverity): Classified => ({ kind, severity });

const byReason: ReadonlyMap<string, Classified> = new Map([
  ['Planned', as('planned', 'detail')],
  ['Refused', as('refused', 'error')],
  ['RolledBackBefore', as('warned', 'warning')],
  ['WaveBaking', as('wave-baking', 'detail')],
  ['WavePassed', as('wave-passed', 'info')],
  ['Completed', as('done', 'info')],
  ['RollbackDecided', as('rolling-back', 'error')],
  ['RolledBack', as('rolled-back', 'warning')],
]);

/** Holds that are no plain waiting. */
const holdsByReason: ReadonlyMap<string, Classified> = new Map([
  ['ApprovalRequired', as('waiting-for-approval', 'warning')],
  ['Frozen', as('held', 'info')],
  ['WindowClosed', as('held', 'info')],
  ['AnotherRelease', as('held', 'info')],
  ['RollbackPending', as('rollback-incomplete', 'error')],
  ['NotRestored', as('rollback-incomplete', 'error')],
  ['SloNotRestored', as('rollback-incomplete', 'error')],
  ['CommandStuck', as('stuck', 'error')],
  ['CommandRefused', as('stuck', 'error')],
  ['CannotGoOn', as('stuck', 'error')],
]);

/** Classifies a line of the story; a hold that nobody named here still wants somebody to look. */
export function classify(entry: TimelineEntry, status: ReleaseStatus): Classified {
  const { reason, message } = entry;
  if (message.startsWith(HOLDS)) return holdsByReason.get(reason) ?? as('held', 'warning');
  if (reason.endsWith(OVER)) return as('going-on', 'info');
  if (reason !== 'WaveStarted') return byReason.get(reason) ?? as('target-failed', 'warning');
  const isFirst = status.waves.every(({ startedAt }) => startedAt === null || startedAt >= entry.at);
  return isFirst ? as('started', 'info') : as('wave-started', 'detail');
}
