import type { KubernetesObject, ResourceKind, WatchEvent } from '../../ports/kubernetes-api.ts';
import type { StoreEvent } from './object-table.ts';
import { bothSelections, parseFieldSelector, parseLabelSelector, type Selection } from './selector.ts';
import { unexplained } from './status-error.ts';
import type { Store } from './store.ts';

/** What a watch selects, and from where it goes on. */
export interface WatchRequest {
  /** `null`: all namespaces. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Empty or `0`: first the objects that are there, as `added`. */
  readonly resourceVersion: string;
}

/** A running watch. */
export interface OpenWatch {
  /** The version up to which everything was told. */
  position(): string;
  close(): void;
}

/**
 * Tells what happens to a selection, from a version on, without a gap: first what is past, at once, then each change as it is made.
 *
 * An object that leaves the selection is `deleted` with its last selected state, one that enters is `added`.
 *
 * @throws ApiError 410 when the version is older than the history, 500 when it is no number, 400 when a selector cannot be read.
 */
export function openWatch(
  store: Store,
  kind: ResourceKind,
  request: WatchRequest,
  onEvent: (event: Exclude<WatchEvent, { readonly type: 'bookmark' }>) => void,
): OpenWatch {
  const selects = selectionOf(request);
  let position = startOf(store, request.resourceVersion);

  function tell(event: StoreEvent): void {
    if (event.resourceVersion <= position) return;
    position = event.resourceVersion;
    const told = selectedEvent(event, selects);
    if (told !== null) onEvent(told);
  }

  if (isFromNow(request.resourceVersion)) {
    for (const object of store.list(kind, { namespace: request.namespace }).items) {
      if (selects(object)) onEvent({ type: 'added', object });
    }
  } else {
    for (const event of store.eventsSince(kind, position)) tell(event);
  }
  const close = store.subscribe(kind, tell);
  return { position: () => String(Math.max(position, store.resourceVersion())), close };
}

function isFromNow(resourceVersion: string): boolean {
  return resourceVersion === '' || resourceVersion === '0';
}

function startOf(store: Store, resourceVersion: string): number {
  if (isFromNow(resourceVersion)) return store.resourceVersion();
  if (/^\d+$/.test(resourceVersion)) return Number(resourceVersion);
  throw unexplained(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
}

function selectionOf(request: WatchRequest): Selection {
  const inNamespace: Selection | null =
    request.namespace === null ? null : (object) => object.metadata.namespace === request.namespace;
  const labels = parseLabelSelector(request.labelSelector);
  const fields = parseFieldSelector(request.fieldSelector);
  return bothSelections(inNamespace, bothSelections(labels, fields)) ?? (() => true);
}

function selectedEvent(
  event: StoreEvent,
  selects: Selection,
): { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubernetesObject } | null {
  const was = event.previous !== null && selects(event.previous);
  const is = event.type !== 'deleted' && selects(event.object);
  if (is) return { type: was ? 'modified' : 'added', object: event.object };
  if (!was || event.previous === null) return null;
  if (event.type === 'deleted') return { type: 'deleted', object: event.object };
  const resourceVersion = String(event.resourceVersion);
  return {
    type: 'deleted',
    object: { ...event.previous, metadata: { ...event.previous.metadata, resourceVersion } },
  };
}
