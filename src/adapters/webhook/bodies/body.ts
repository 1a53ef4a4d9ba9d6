import { assertNever } from '../../../domain/assert-never.ts';
import type { Notice } from '../../../domain/notice.ts';
import type { WebhookFormat } from '../../../domain/webhook.ts';
import { cloudEvent } from './cloud-event-body.ts';
import { jsonContent } from './json-body.ts';
import { slackText } from './slack-body.ts';

/** An HTTP body and its type. */
export interface Body {
  readonly contentType: string;
  readonly text: string;
}

/** The body of a piece of news, in a webhook's format; `namespace` is that of the hub's objects. */
export function bodyOf(notice: Notice, format: WebhookFormat, namespace: string): Body {
  switch (format) {
    case 'json':
      return { contentType: 'application/json', text: JSON.stringify(jsonContent(notice, namespace)) };
    case 'slack':
      return { contentType: 'application/json', text: JSON.stringify({ text: slackText(notice) }) };
    case 'cloudevents':
      return { contentType: 'application/cloudevents+json', text: JSON.stringify(cloudEvent(notice, namespace)) };
    default:
      return assertNever(format);
  }
}
