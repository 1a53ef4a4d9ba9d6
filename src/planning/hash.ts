import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type InputIssue, InvalidInput } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import { canonicalJson } from '../manifests/canonical-json.ts';
import { allTurns, type Turns } from './turns.ts';

/** Their digests take a few milliseconds. */
const MANIFESTS_PER_TURN = 500;
const SCRATCH_BYTES = 65_536;
const MOST_BYTES_A_CHARACTER = 3;
const encoder = new TextEncoder();
/** Tens of thousands of small texts are hashed in one plan; each encoded into memory of its own would cost 50 MB. */
const scratch = new Uint8Array(SCRATCH_BYTES);

/** SHA-256 of a text in UTF-8, 64 hex digits. */
export function digestOf(text: string): string {
  if (text.length * MOST_BYTES_A_CHARACTER > SCRATCH_BYTES) return bytesToHex(sha256(encoder.encode(text)));
  const { written } = encoder.encodeInto(text, scratch);
  return bytesToHex(sha256(scratch.subarray(0, written)));
}

/**
 * The hash of a plan: SHA-256 over the canonical JSON of everything but `hash`. Each manifest stands in it by its digest, which
 * covers its bytes; `verifyPlan` compares the two.
 */
export function planHash(plan: Omit<Plan, 'hash'>): string {
  const content = Object.entries(plan).filter(([field]) => field !== 'hash' && field !== 'manifests');
  const hashed = { ...Object.fromEntries(content), manifests: Object.keys(plan.manifests).sort() };
  return digestOf(canonicalJson(hashed));
}

/** The plan itself, once its hash and the digest of every manifest are recomputed. @throws InvalidInput when one differs. */
export function verifyPlan(plan: Plan): Plan {
  return allTurns(verifyInTurns(plan));
}

/** The same in turns. */
export function* verifyInTurns(plan: Plan): Turns<Plan> {
  let verified = 0;
  for (const [digest, text] of Object.entries(plan.manifests)) {
    if (digestOf(text) !== digest) throw mismatch(`manifests.${digest}`, 'its bytes have another digest');
    verified += 1;
    if (verified % MANIFESTS_PER_TURN === 0) yield;
  }
  if (verified >= MANIFESTS_PER_TURN) yield;
  const computed = planHash(plan);
  if (computed !== plan.hash) throw mismatch('hash', `is ${plan.hash}, but the content hashes to ${computed}`);
  return plan;
}

function mismatch(path: string, what: string): InvalidInput {
  const message = `${what}: the plan was changed after it was made, plan the release again`;
  const issue: InputIssue = { file: null, line: null, column: null, path, message };
  return new InvalidInput([issue]);
}
