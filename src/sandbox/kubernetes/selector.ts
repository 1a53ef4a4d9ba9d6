import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { badRequest } from './status-error.ts';

/** Answers whether an object belongs to a selection. */
export type Selection = (object: KubernetesObject) => boolean;

const REQUIREMENT = /^(?<not>!)?\s*(?<key>[A-Za-z0-9./_-]+)\s*(?:(?<op>==|=|!=)\s*(?<value>[A-Za-z0-9._-]*))?$/;

/**
 * Reads a label selector: `a=b`, `a==b`, `a!=b`, `a`, `!a`, joined by commas.
 *
 * @throws ApiError 400 for anything else (set-based terms are the lab's).
 */
export function parseLabelSelector(text: string | undefined): Selection | null {
  if (text === undefined || text.trim() === '') return null;
  const requirements = text.split(',').map((term) => parseRequirement(term.trim(), text));
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}));
}

function parseRequirement(term: string, whole: string): (labels: Readonly<Record<string, string>>) => boolean {
  const groups = REQUIREMENT.exec(term)?.groups;
  const key = groups?.['key'];
  const op = groups?.['op'];
  if (key === undefined || (groups?.['not'] !== undefined && op !== undefined)) {
    throw badRequest(`unable to parse requirement ${JSON.stringify(term)} of label selector ${JSON.stringify(whole)}`);
  }
  const wanted = groups?.['value'] ?? '';
  if (op === undefined) {
    const present = groups?.['not'] === undefined;
    return (labels) => Object.hasOwn(labels, key) === present;
  }
  if (op === '!=') return (labels) => labels[key] !== wanted;
  return (labels) => labels[key] === wanted;
}

/**
 * Reads a field selector over `metadata.name` and `metadata.namespace`.
 *
 * @throws ApiError 400 for other fields.
 */
export function parseFieldSelector(text: string | undefined): Selection | null {
  if (text === undefined || text.trim() === '') return null;
  const terms = text.split(',').map((term) => {
    const groups = /^(?<field>metadata\.name|metadata\.namespace)(?<op>==|=|!=)(?<value>.*)$/.exec(term.trim())?.groups;
    if (groups === undefined) throw badRequest(`field selector ${JSON.stringify(term)} is not supported`);
    const read = (object: KubernetesObject) =>
      groups['field'] === 'metadata.name' ? object.metadata.name : (object.metadata.namespace ?? '');
    const positive = groups['op'] !== '!=';
    return (object: KubernetesObject) => (read(object) === groups['value']) === positive;
  });
  return (object) => terms.every((holds) => holds(object));
}

/** Both selections at once; `null` when neither selects. */
export function bothSelections(first: Selection | null, second: Selection | null): Selection | null {
  if (first === null) return second;
  if (second === null) return first;
  return (object) => first(object) && second(object);
}
