import type { Notice, NoticeKind, NoticeSeverity } from '../../../domain/notice.ts';
import { formatInstant } from '../../../domain/time.ts';
import { NOTHING } from '../../../release/notice-texts.ts';

const bySeverity: Readonly<Record<NoticeSeverity, string>> = {
  detail: '▫️',
  info: '🔹',
  warning: '🟠',
  error: '🔴',
};

/** News that a sign of their own tells apart at a glance. */
const byKind: Partial<Readonly<Record<NoticeKind, string>>> = {
  started: '🚀',
  'wave-passed': '✅',
  done: '🏁',
  'waiting-for-approval': '✋',
  'rolled-back': '↩️',
};

/** A message that a person reads: what happened, why, what to do, the command. */
export function slackText(notice: Notice): string {
  const { kind, severity, release, title, message, next, command, at } = notice;
  const place = [
    `${notice.workload} ${notice.version}`,
    ...(notice.planHash === null ? [] : [`plan ${notice.planHash.slice(0, 12)}`]),
    `${formatInstant(at).slice(0, 16).replace('T', ' ')} UTC`,
  ];
  return [
    `${byKind[kind] ?? bySeverity[severity]} *${escaped(release)}: ${escaped(title)}*`,
    ...(message === title ? [] : [`> ${escaped(message)}`]),
    ...(next === NOTHING ? [] : [`Next: ${escaped(next)}`]),
    `\`${escaped(command)}\``,
    `_${escaped(place.join(' · '))}_`,
  ].join('\n');
}

/** The three characters that begin markup, mentions of everybody included. @see https://docs.slack.dev/messaging/formatting-message-text */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
