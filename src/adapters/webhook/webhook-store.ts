import { z } from 'zod';
import { parseDocument } from '../../config/parse-document.ts';
import { formatIssue } from '../../domain/errors.ts';
import { formatInstant, instant, parseInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { Delivery, StoredWebhook, WebhookStore } from '../../ports/notifier.ts';
import { reflect } from '../../ports/reflector.ts';

/** Where the hub's Webhooks are. */
export interface WebhookStoreOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly clock: Clock;
  /** Spreads retries; 0 ≤ x < 1. */
  readonly random: () => number;
  /** Told of objects that cannot be read. */
  readonly report: (message: string) => void;
}

/** Longest text that a status repeats. */
const FAILURE_LENGTH = 300;

const statusSchema = z.object({
  told: z.array(z.object({ release: z.string(), key: z.string() })).default([]),
  deliveredAt: z.iso.datetime().nullish(),
  failure: z.string().nullish(),
});

/** The Webhook objects of a hub. */
export function createWebhookStore(options: WebhookStoreOptions): WebhookStore {
  const { api, namespace, clock, random, report } = options;
  return {
    async *watch(signal) {
      const seen = new Map<string, StoredWebhook>();
      let told = '';
      const project = (object: KubernetesObject) => storedWebhook(object, report);
      for await (const heard of reflect(api, kinds.webhook, { namespace, project, clock, random, signal })) {
        if (heard.type === 'stale') {
          if (told !== heard.message) report(`webhooks are not followed for now: ${heard.message}`);
          told = heard.message;
          continue;
        }
        told = '';
        if (heard.type === 'synced') {
          seen.clear();
          for (const [key, item] of heard.items) put(seen, key, item);
        } else put(seen, heard.key, heard.type === 'changed' ? heard.item : null);
        yield [...seen.values()];
      }
    },
    async save(name, delivery) {
      const ref = { kind: kinds.webhook, namespace, name };
      const patch = { status: writeDelivery(delivery) };
      await api.mergePatch(ref, patch, { fieldManager: FIELD_MANAGER, subresource: 'status' });
    },
  };
}

function put(seen: Map<string, StoredWebhook>, key: string, item: StoredWebhook | null): void {
  if (item === null) seen.delete(key);
  else seen.set(key, item);
}

function storedWebhook(object: KubernetesObject, report: (message: string) => void): StoredWebhook | null {
  const reading = parseDocument(object, `Webhook/${object.metadata.name}`);
  if (reading.outcome === 'refused' || reading.document.kind !== 'Webhook') {
    const issues = reading.outcome === 'refused' ? reading.issues.map(formatIssue).join('; ') : 'it is of another kind';
    report(`ignoring ${issues}`);
    return null;
  }
  return {
    webhook: reading.document.value,
    uid: object.metadata.uid ?? '',
    createdAt: parseInstant(object.metadata.creationTimestamp ?? '') ?? instant(0),
    delivery: readDelivery(object['status']),
  };
}

/** A status that is not ours remembers nothing. */
function readDelivery(status: unknown): Delivery {
  const read = statusSchema.safeParse(status ?? {});
  if (!read.success) return { told: [], deliveredAt: null, failure: null };
  const { told, deliveredAt, failure } = read.data;
  return {
    told,
    deliveredAt: deliveredAt == null ? null : parseInstant(deliveredAt),
    failure: failure ?? null,
  };
}

/** For a merge patch: `null` takes out. */
function writeDelivery({ told, deliveredAt, failure }: Delivery): Record<string, unknown> {
  return {
    told,
    deliveredAt: deliveredAt === null ? null : formatInstant(deliveredAt),
    failure: failure === null ? null : failure.slice(0, FAILURE_LENGTH).toWellFormed(),
  };
}
