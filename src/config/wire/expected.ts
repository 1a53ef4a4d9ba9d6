import type { z } from 'zod';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Longest piece of input that a message repeats. */
const SHOWN = 60;

/** A value as a message shows it: short, on one line. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (value === null) return 'nothing';
  if (typeof value !== 'string') return `${value as number | boolean}`;
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
}

/** `missing, expected WHAT` or `expected WHAT, got VALUE`. */
export function expectedMessage(what: string, input: unknown): string {
  return input === undefined ? `missing, expected ${what}` : `expected ${what}, got ${show(input)}`;
}

/** The message of a schema that wants `what`, for every way in which it can fail. */
export function expected(what: string): (issue: RawIssue) => string {
  return (issue) => expectedMessage(what, issue.input);
}
