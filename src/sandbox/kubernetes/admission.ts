import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { adopt, isJsonObject, type JsonObject, jsonEqual, textAt } from './json-value.ts';
import { metaSchema } from './object-meta.ts';
import { qualifiedKind, type Resource } from './resource.ts';
import { admitValue, type Findings, noFindings } from './schema-admission.ts';
import { badRequest, invalid } from './status-error.ts';

/** What becomes of fields that the schema does not know: refused, pruned and told, or pruned. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** How a proposal is admitted. */
export interface AdmissionRules {
  readonly fieldValidation: FieldValidation;
  /** Told the pruned fields when validation is `Warn`. */
  readonly onUnknownFields?: (paths: readonly string[]) => void;
}

/**
 * Prunes, defaults and checks a proposed object; parts that equal the live ones become the live ones.
 *
 * @throws ApiError 400 for unknown fields under strict validation, 422 with every cause.
 */
export function admitObject(
  resource: Resource,
  proposal: JsonObject,
  live: KubernetesObject | undefined,
  rules: AdmissionRules,
): JsonObject {
  const { apiVersion, kind, metadata, ...body } = proposal;
  const findings = noFindings(!resource.isCustom);
  const oldBody = live === undefined ? undefined : bodyOf(live);
  const admitted = admitValue(resource.schema, body, oldBody, '', findings);
  const meta = admitValue(metaSchema, metadata ?? {}, undefined, 'metadata', findings);
  report(resource, meta, findings, rules);
  return shareEqual(
    { apiVersion, kind, metadata: meta, ...(isJsonObject(admitted) ? admitted : {}) },
    live,
  ) as JsonObject;
}

function bodyOf(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...body } = object;
  return body;
}

function report(resource: Resource, meta: unknown, findings: Findings, rules: AdmissionRules): void {
  if (findings.unknownFields.length > 0) {
    const named = findings.unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`).join(', ');
    if (rules.fieldValidation === 'Strict') throw badRequest(`strict decoding error: ${named}`);
    if (rules.fieldValidation === 'Warn') rules.onUnknownFields?.(findings.unknownFields);
  }
  if (findings.causes.length === 0) return;
  throw invalid(qualifiedKind(resource), textAt(meta, 'name'), findings.causes);
}

/** The next value, with every part that equals the old one replaced by the old one, so that equality is identity from here on. */
export function shareEqual(next: unknown, old: unknown): unknown {
  if (next === old || typeof next !== 'object' || next === null) return next;
  if (Array.isArray(next)) {
    if (!Array.isArray(old)) return adopt(next);
    const items = next.map((item: unknown, i) => shareEqual(item, old[i]));
    return items.length === old.length && items.every((item, i) => item === old[i]) ? old : Object.freeze(items);
  }
  if (!isJsonObject(next) || !isJsonObject(old)) return adopt(next);
  const shared: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(next)) {
    if (member !== undefined) shared[key] = shareEqual(member, old[key]);
  }
  const keys = Object.keys(shared);
  const isSame = keys.length === Object.keys(old).length && keys.every((key) => shared[key] === old[key]);
  return isSame ? old : Object.freeze(shared);
}

/** Has anything changed for which the generation counts? With a status subresource the status does not. */
export function changesGeneration(resource: Resource, live: JsonObject, next: JsonObject): boolean {
  const keys = new Set([...Object.keys(live), ...Object.keys(next)]);
  keys.delete('metadata');
  if (resource.hasStatus) keys.delete('status');
  return [...keys].some((key) => live[key] !== next[key] && !jsonEqual(live[key], next[key]));
}
