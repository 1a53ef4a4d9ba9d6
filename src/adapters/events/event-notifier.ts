import { ConflictError } from '../../domain/errors.ts';
import { isAtLeast, type Notice } from '../../domain/notice.ts';
import { formatInstant } from '../../domain/time.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** Who says so, in events. */
const COMPONENT = 'tidegate';
/** What an API server takes. */
const MESSAGE_LENGTH = 1024;

/** Tells news as Kubernetes events on the Release; the same news makes one event. */
export function createEventNotifier(api: KubernetesApi, namespace: string): Notifier {
  return {
    async tell(notice) {
      try {
        await api.create(eventOf(notice, namespace), kinds.event, { fieldManager: FIELD_MANAGER });
      } catch (error) {
        // told before, by this daemon or the one that led before it
        if (!(error instanceof ConflictError)) throw error;
      }
    },
  };
}

/** The event of a piece of news. */
export function eventOf(notice: Notice, namespace: string): KubernetesObject {
  const { release, releaseUid, key, reason, at, severity } = notice;
  const { group, version, kind } = kinds.release;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${release}.${key}`, namespace },
    involvedObject: { apiVersion: `${group}/${version}`, kind, name: release, namespace, uid: releaseUid },
    type: isAtLeast(severity, 'warning') ? 'Warning' : 'Normal',
    reason,
    message: messageOf(notice),
    source: { component: COMPONENT },
    firstTimestamp: secondOf(at),
    lastTimestamp: secondOf(at),
    count: 1,
  };
}

function messageOf({ title, message, next, command, severity }: Notice): string {
  const advice = isAtLeast(severity, 'warning') ? ` (${next}: ${command})` : '';
  return `${`${title}: ${message}`.slice(0, MESSAGE_LENGTH - advice.length).toWellFormed()}${advice}`;
}

/** Times of an event have no milliseconds. */
function secondOf(at: Notice['at']): string {
  return formatInstant(at).replace(/\.[0-9]+Z$/, 'Z');
}
