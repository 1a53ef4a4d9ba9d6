import type { Telemetry } from '../api/telemetry.ts';
import { createNotifications, type Notifications } from '../controller/notifications/notifications.ts';
import type { NotificationEvent } from '../controller/notifications/recipient.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { ReleaseStore } from '../ports/release-store.ts';
import type { HubConnection } from './composition.ts';
import type { Logger } from './logger.ts';

/** What the daemon's telling is made of. */
export interface NotificationParts {
  readonly hub: HubConnection;
  readonly store: ReleaseStore;
  readonly telemetry: Telemetry;
  readonly log: Logger;
}

/** Makes the telling of a daemon, over its hub. */
export function openNotifications({ hub, store, telemetry, log }: NotificationParts): Notifications {
  return createNotifications({
    clock: hub.clock,
    random: hub.random,
    events: hub.events(),
    webhooks: hub.webhooks((message) => log.warn({ subject: 'webhooks' }, message)),
    openWebhook: (webhook) => hub.openWebhook(webhook),
    loadPlan: (release, planHash) => store.loadPlan(release, planHash),
    report(event) {
      telemetry.notified(event);
      logNotification(log, event);
    },
  });
}

/** News stand in the log already, as the story that they come from: here is only whether they arrived. */
export function logNotification(log: Logger, { type, recipient, notice, error }: NotificationEvent): void {
  const about = notice === null ? {} : { release: notice.release, kind: notice.kind, notice: notice.key };
  const subject = { recipient, ...about, ...(error === null ? {} : { error: error.message }) };
  switch (type) {
    case 'told':
      return log.debug(subject, 'told');
    case 'retrying':
      return log.debug(subject, 'could not tell, tries again');
    case 'failed':
      return log.warn(subject, 'could not tell, gives up on this one');
    case 'dropped':
      return log.warn(subject, 'too many news wait, drops one');
    case 'notRemembered':
      return log.warn(subject, 'could not write what was told; a new daemon would tell it again');
    default:
      return assertNever(type);
  }
}
