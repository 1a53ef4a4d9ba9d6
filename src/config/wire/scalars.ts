import { z } from 'zod';
import { expected, expectedMessage, show } from './expected.ts';

/** A text of a fixed form; `what` names the form and an example of it. */
function text(what: string, pattern: RegExp, maxLength: number) {
  const error = expected(what);
  return z.string({ error }).max(maxLength, { error, abort: true }).regex(pattern, { error, abort: true });
}

/** Some text, not empty. */
export const words = z
  .string()
  .min(1, { error: expected('text that is not empty') })
  .max(1024);

/** Name of an object: it must fit into a label's value. */
export const objectName = text(
  'a name of lower case letters, digits, "-" and ".", at most 63 long',
  /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
  63,
);

/** Name of a namespace. */
export const namespaceName = text(
  'a namespace of lower case letters, digits and "-", at most 63 long',
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  63,
);

/** Value of a label: tiers, cohorts, regions. */
export const labelValue = text(
  'letters, digits, "-", "_" and ".", at most 63 long',
  /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
  63,
);

/** Labels of an object or of a selector. */
export const labels = z.record(z.string(), z.string().max(63)).meta({ maxProperties: 64 });

/** `500ms`, `90s`, `5m`, `1h30m`. */
export const duration = text('a duration such as 500ms, 90s, 5m or 1h30m', /^([0-9]{1,6}(h|ms|m|s))+$/, 40);

/** A duration that is longer than nothing. */
export const positiveDuration = text(
  'a duration above zero such as 500ms, 90s, 5m or 1h30m',
  /^(0{1,6}(h|ms|m|s))*0{0,3}[1-9][0-9]{0,5}(h|ms|m|s)([0-9]{1,6}(h|ms|m|s))*$/,
  40,
);

/** RFC 3339, or a day: its first instant in UTC. */
export const instantText = text(
  'a day such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z',
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$/,
  40,
).refine(isOnCalendar, { error: (issue) => `no such day or time: ${show(issue.input)}` });

function isOnCalendar(value: string): boolean {
  const day = value.slice(0, 10);
  const atMidnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(atMidnight) || Number.isNaN(Date.parse(value))) return false;
  return new Date(atMidnight).toISOString().startsWith(day);
}

const objectiveError = (issue: { readonly input: unknown }): string => {
  const given = Number(String(issue.input).replace('%', ''));
  const hint = given > 1 && given < 100 ? `; ${given} % is "${Number((given / 100).toFixed(10))}"` : '';
  return `${expectedMessage('a share above 0 and below 1 such as "0.995"', issue.input)}${hint}`;
};

/** Share of good events wanted: a string keeps its digits, a number is taken too. */
export const objective = z
  .union(
    [
      z.number().gt(0, { error: objectiveError }).lt(1, { error: objectiveError }),
      z.string().regex(/^0?\.[0-9]{0,11}[1-9][0-9]{0,11}$/, { error: objectiveError }),
    ],
    { error: objectiveError },
  )
  .meta({ 'x-kubernetes-preserve-unknown-fields': true });

const PERCENT = { 0: /^(100|[1-9]?[0-9])%$/, 1: /^(100|[1-9][0-9]?)%$/ } as const;

/** An integer or a percentage of a wave's targets. */
export function countOrPercent(least: 0 | 1) {
  const error = expected(`a whole number from ${least} or a percentage such as 25%`);
  return z
    .union([z.int().min(least, { error }).max(100_000, { error }), z.string().regex(PERCENT[least], { error })], {
      error,
    })
    .meta({ 'x-kubernetes-int-or-string': true });
}

/** A value per tier; `default` serves the tiers that are not named. */
export function perTier<T extends z.ZodType>(value: T) {
  return z
    .record(labelValue, value, { error: expected('a map from tier to value, such as {default: …}') })
    .refine((tiers) => Object.keys(tiers).length > 0, {
      error: 'expected a value for at least one tier or for "default"',
    })
    .meta({ minProperties: 1, maxProperties: 32 });
}

const DIGEST =
  /^[a-z0-9]([-a-z0-9._]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]([-a-z0-9._]*[a-z0-9])?)*@sha256:[0-9a-f]{64}$/;

/** Why a reference is no pinned image; names the tag, `latest` or the missing digest. */
export function explainImage(input: unknown): string {
  const what = 'an image pinned by digest, name@sha256:<64 hex digits>';
  if (typeof input !== 'string') return expectedMessage(what, input);
  const [name = '', digest] = input.split('@', 2);
  if (digest !== undefined) return expectedMessage(what, input);
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  if (tag === 'latest')
    return `image ${show(input)} is "latest", which names another image every day; expected ${what}`;
  if (tag !== undefined) return `image ${show(input)} has the tag "${tag}", which can be moved; expected ${what}`;
  return `image ${show(input)} has no digest; expected ${what}`;
}

/** True for `name@sha256:<64 hex>`. */
export function isPinnedImage(image: string): boolean {
  return DIGEST.test(image);
}

const imageError = (issue: { readonly input: unknown }): string => explainImage(issue.input);

/** An image pinned by digest. */
export const pinnedImage = z
  .string({ error: imageError })
  .max(512, { error: imageError, abort: true })
  .regex(DIGEST, { error: imageError });

/** A field that has its place in the kinds but that nothing serves yet: refused by name. */
export function notBuiltYet(what: string) {
  return z
    .unknown()
    .refine(() => false, { error: `${what} is not built yet; leave it out` })
    .optional()
    .meta({ description: `${what}: not built yet, refused.`, 'x-kubernetes-preserve-unknown-fields': true });
}
