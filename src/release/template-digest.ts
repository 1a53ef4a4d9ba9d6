import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { JsonObject } from '../domain/workload.ts';
import { canonicalQuantity } from './canonical-quantity.ts';

/**
 * Digest of a pod template as it is meant. What does not count is what changes without anybody's doing: the API server fills in
 * defaults of the Rollout CRD, and the Argo controller, with each new revision, writes the whole Rollout back as its own types
 * print it: quantities in their shortest form, without empty values.
 *
 * Two templates with one digest are the same to the controller.
 */
export function digestOfTemplate(template: JsonObject): string {
  return bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(normalise(template, '') ?? null))));
}

/** Maps whose values are anybody's text: an empty one is a value too. */
const TEXT_MAPS: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'nodeSelector',
  'volumeAttributes',
]);
const QUANTITY_MAPS: ReadonlySet<string> = new Set(['requests', 'limits', 'overhead']);
const QUANTITIES: ReadonlySet<string> = new Set(['sizeLimit', 'divisor']);

/** Fields of a pod template (and of a canary step) that are pointers in Go: there a zero is not the same as nothing. */
const MEANT_ZEROS: ReadonlySet<string> = new Set([
  'activeDeadlineSeconds',
  'allowPrivilegeEscalation',
  'automountServiceAccountToken',
  'defaultMode',
  'enableServiceLinks',
  'fsGroup',
  'hostProcess',
  'hostUsers',
  'lun',
  'mode',
  'optional',
  'priority',
  'privileged',
  'readOnlyRootFilesystem',
  'runAsGroup',
  'runAsNonRoot',
  'runAsUser',
  'setHostnameAsFQDN',
  'setWeight',
  'shareProcessNamespace',
  'storageClassName',
  'terminationGracePeriodSeconds',
  'tolerationSeconds',
]);

/** Sorted keys, without what comes and goes by itself. `parent` is the key under which the value stands. */
function normalise(value: unknown, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => normalise(item, parent));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const given = (value as Record<string, unknown>)[key];
    const isQuantity = QUANTITIES.has(key) || QUANTITY_MAPS.has(parent);
    const member = isQuantity ? canonicalQuantity(given) : normalise(given, key);
    if (isMeant(parent, key, member)) result[key] = member;
  }
  return result;
}

function isMeant(parent: string, key: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (TEXT_MAPS.has(parent) || QUANTITY_MAPS.has(parent)) return true;
  // filled in by the CRD: the one as part of a list's merge key
  if (key === 'protocol' && value === 'TCP') return false;
  if (parent === 'fileKeyRef' && key === 'optional' && value === false) return false;
  if (key === 'divisor') return value !== canonicalQuantity(0);
  if (value === '' || value === 0 || value === false) return MEANT_ZEROS.has(key);
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
