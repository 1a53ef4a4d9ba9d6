import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type InputIssue, InvalidInput } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { Json } from '../domain/workload.ts';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of a text in UTF-8, 64 hex digits. */
export function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/**
 * The hash of a plan: SHA-256 over the canonical JSON of everything but `hash`. Each manifest stands in it by its digest, which
 * covers its bytes; `verifyPlan` compares the two.
 */
export function planHash(plan: Omit<Plan, 'hash'>): string {
  const content = Object.entries(plan).filter(([field]) => field !== 'hash' && field !== 'manifests');
  const hashed = { ...Object.fromEntries(content), manifests: Object.keys(plan.manifests).sort() };
  return digestOf(canonicalJson(hashed as Json));
}

/** The plan itself, once its hash and the digest of every manifest are recomputed. @throws InvalidInput when one differs. */
export function verifyPlan(plan: Plan): Plan {
  for (const [digest, text] of Object.entries(plan.manifests)) {
    if (digestOf(text) !== digest) throw mismatch(`manifests.${digest}`, 'its bytes have another digest');
  }
  const computed = planHash(plan);
  if (computed !== plan.hash) throw mismatch('hash', `is ${plan.hash}, but the content hashes to ${computed}`);
  return plan;
}

function mismatch(path: string, what: string): InvalidInput {
  const message = `${what}: the plan was changed after it was made, plan the release again`;
  const issue: InputIssue = { file: null, line: null, column: null, path, message };
  return new InvalidInput([issue]);
}
