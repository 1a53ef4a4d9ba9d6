import type { Notice } from '../../../domain/notice.ts';
import { formatInstant } from '../../../domain/time.ts';

/** The content of our JSON; programs rely on its fields. */
export function jsonContent(notice: Notice, namespace: string): Readonly<Record<string, unknown>> {
  return {
    schema: 'tidegate.dev/notice/v1',
    id: notice.key,
    kind: notice.kind,
    severity: notice.severity,
    at: formatInstant(notice.at),
    namespace,
    release: notice.release,
    releaseUid: notice.releaseUid,
    workload: notice.workload,
    version: notice.version,
    planHash: notice.planHash,
    wave: notice.wave,
    reason: notice.reason,
    title: notice.title,
    message: notice.message,
    next: notice.next,
    command: notice.command,
  };
}
