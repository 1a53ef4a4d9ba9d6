import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { adopt, isJsonObject, type JsonObject, jsonEqual, textAt } from './json-value.ts';
import { metaSchema } from './object-meta.ts';
import type { Resource } from './resource.ts';
import { admitValue, type Findings, noFindings } from './schema-admission.ts';
import { hasRules } from './schema-check.ts';
import { type ApiError, badRequest, invalid, patchUnreadable, type StatusCause } from './status-error.ts';

/** What becomes of fields that the schema does not know: refused, pruned and told, or pruned. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** How a proposal is admitted. */
export interface AdmissionRules {
  readonly fieldValidation: FieldValidation;
  /** A patch whose result cannot be read is 422, a body is 400. */
  readonly isPatch: boolean;
  /** Told the pruned fields when validation is `Warn`. */
  readonly onUnknownFields?: (paths: readonly string[]) => void;
}

/**
 * Prunes, defaults and checks a proposed object; parts that equal the live ones become the live ones.
 *
 * @throws ApiError 400 for unknown fields under strict validation (422 in a patch), 422 with every cause.
 */
export function admitObject(
  resource: Resource,
  proposal: JsonObject,
  live: KubernetesObject | undefined,
  rules: AdmissionRules,
): JsonObject {
  const { apiVersion, kind, metadata, ...body } = proposal;
  const findings = noFindings();
  const oldBody = live === undefined ? undefined : bodyOf(live);
  const meta = admitValue(metaSchema, metadata ?? {}, undefined, 'metadata', findings);
  const admitted = admitValue(resource.schema, body, oldBody, '', findings);
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
    if (rules.fieldValidation === 'Strict') throw unreadable(resource, `strict decoding error: ${named}`, rules);
    if (rules.fieldValidation === 'Warn') rules.onUnknownFields?.(findings.unknownFields);
  }
  const wrongType = findings.causes.find((cause) => cause.reason === 'FieldValueTypeInvalid');
  if (!resource.isCustom && wrongType !== undefined) throw unreadable(resource, wrongType.message, rules);
  if (findings.causes.length === 0) return;
  const unchecked = resource.isCustom && hasRules(resource.schema) && findings.causes.some(blocksRules);
  throw invalid(resource, textAt(meta, 'name'), unchecked ? [...findings.causes, rulesUnchecked] : findings.causes);
}

/** What keeps a real server from looking at a kind's CEL rules. */
function blocksRules({ reason }: StatusCause): boolean {
  return BLOCKING.has(reason);
}

const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const rulesUnchecked: StatusCause = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

function unreadable(resource: Resource, why: string, rules: AdmissionRules): ApiError {
  if (rules.isPatch) return patchUnreadable(why);
  const { kind, version } = resource;
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
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
