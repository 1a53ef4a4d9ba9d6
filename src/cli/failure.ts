import { formatIssue, InvalidInput, isAdapterError } from '../domain/errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** A failure as people and machines are told of it. */
export interface Failure {
  readonly code: ExitCode;
  readonly lines: readonly string[];
  readonly json: { readonly kind: string; readonly message: string; readonly [field: string]: unknown };
}

/** What to tell of an error: input by every issue, an expected failure by its message, a bug with its stack when `withStack`. */
export function describeFailure(error: unknown, withStack: boolean): Failure {
  if (error instanceof InvalidInput) {
    return {
      code: exitCodes.badInput,
      lines: error.issues.map((issue) => `error: ${formatIssue(issue)}`),
      json: { kind: error.name, message: error.message, issues: error.issues },
    };
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const trace = withStack && stack !== undefined ? stack.split('\n').slice(1) : [];
  const hint = isExpected(error) || withStack ? [] : ['run it again with --log-level debug to see where it happened'];
  const code = error instanceof Error && UNAVAILABLE.has(error.name) ? exitCodes.unavailable : exitCodes.internal;
  return { code, lines: [`error: ${message}`, ...trace, ...hint], json: { kind: name, message } };
}

/** Names of the errors that say what is not on this machine; their classes load late, with what they belong to. */
const UNAVAILABLE: ReadonlySet<string> = new Set(['PrometheusUnavailable', 'LabUnavailable']);

function isExpected(error: unknown): boolean {
  return isAdapterError(error) || (error instanceof Error && UNAVAILABLE.has(error.name));
}

/** Flags, arguments or what they name that are wrong; one issue a message. */
export function badArgument(...messages: readonly string[]): InvalidInput {
  return new InvalidInput(messages.map((message) => ({ file: null, line: null, column: null, path: '', message })));
}
