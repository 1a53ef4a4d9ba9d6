import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { JsonObject } from '../domain/workload.ts';

/**
 * Digest of a pod template as it is meant: key order, nulls, empty values and the API server's defaults do not count.
 * Two templates with one digest are the same to the controller.
 */
export function digestOfTemplate(template: JsonObject): string {
  return bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(normalise(template) ?? null))));
}

/**
 * What the Rollout CRD's schema fills into a template, by field: a port's protocol, because it is part of a list's merge key;
 * the name of a ConfigMap or Secret and the service of a gRPC probe, as empty text.
 *
 * @see argo-rollouts manifests/crds/rollout-crd.yaml, `default`
 */
const DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP', name: '', service: '', optional: false };

/** Sorted keys, without what the API server adds or drops by itself. */
function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const member = normalise((value as Record<string, unknown>)[key]);
    if (isMeaningful(key, member)) result[key] = member;
  }
  return result;
}

function isMeaningful(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (value === DEFAULTS[key]) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
