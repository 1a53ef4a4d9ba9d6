import type { Notice } from '../../../domain/notice.ts';
import { formatInstant } from '../../../domain/time.ts';
import { jsonContent } from './json-body.ts';

/** A CloudEvent 1.0 in structured mode. @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export function cloudEvent(notice: Notice, namespace: string): Readonly<Record<string, unknown>> {
  return {
    specversion: '1.0',
    id: notice.key,
    source: `/apis/tidegate.dev/v1alpha1/namespaces/${namespace}/releases/${notice.release}`,
    type: `dev.tidegate.release.${notice.kind}`,
    subject: notice.wave === null ? notice.release : `${notice.release}/${notice.wave}`,
    time: formatInstant(notice.at),
    datacontenttype: 'application/json',
    data: jsonContent(notice, namespace),
  };
}
