import type { CanaryStep, PodTemplate } from './rollout.ts';

/** Letters and digits without vowels and look-alikes, so that no hash spells a word. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The pod template hash: equal templates, equal hash, whatever the order of their keys; a container without resources has empty ones. */
export function podTemplateHash(template: PodTemplate): string {
  return hashOf(template);
}

/** The hash of the canary steps; a change of it starts the steps again. */
export function stepsHash(steps: readonly CanaryStep[]): string {
  return hashOf(steps);
}

/** By identity: objects of the store never change, and equal parts of two versions are the same object. */
const known = new WeakMap<object, string>();

function hashOf(value: object): string {
  const before = known.get(value);
  if (before !== undefined) return before;
  const hash = spell(fnv32a(canonicalJson(value)));
  known.set(value, hash);
  return hash;
}

/** JSON with sorted keys; `undefined` fields and empty resources are left out. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([key, field]) => field !== undefined && !(key === 'resources' && isEmpty(field)))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ (text.charCodeAt(index) & 0xff), 0x01000193);
  }
  return hash >>> 0;
}

function spell(hash: number): string {
  return Array.from(String(hash), (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}
