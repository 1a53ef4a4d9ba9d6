/** One thing that is wrong with what a person gave us. */
export interface InputIssue {
  /** File it stands in; `null` for flags and request bodies. */
  readonly file: string | null;
  /** 1-based; `null` when the place is not known. */
  readonly line: number | null;
  readonly column: number | null;
  /** Path inside the document, `spec.waves[1].steps[0]`; empty for the document itself. */
  readonly path: string;
  /** What is wrong, what was expected, the nearest valid name. */
  readonly message: string;
}

/** What a person gave is wrong: exit code 2. Carries every issue, not the first one only. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly issues: readonly InputIssue[];
  constructor(issues: readonly InputIssue[]) {
    super(issues.map(formatIssue).join('\n'));
    this.issues = issues;
  }
}

/** `waves/tenants.yaml:12:7 spec.tier: expected …` */
export function formatIssue(issue: InputIssue): string {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== null).join(':');
  const path = issue.path === '' ? '' : `${issue.path}:`;
  return [place, path, issue.message].filter((part) => part !== '').join(' ');
}

/** Valid, but can never work as it is (a denied right, a missing kind): not retried until the spec changes. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** May work later (timeout, 5xx, 429): retried with capped, jittered back-off. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  /** What the other side asked us to wait; `null` when it did not say. */
  readonly retryAfterMs: number | null;
  /** PascalCase constant where the kind of trouble has a name of its own (`PartialAnswer`, `ClockSkew`); `null` otherwise. */
  readonly reason: string | null;
  constructor(
    message: string,
    options: { readonly retryAfterMs?: number | null; readonly reason?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.reason = options.reason ?? null;
  }
}

/** Somebody else was first (409, a failed JSON-patch `test`, a lost lease): observe again at once. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Whether an adapter failed in one of the three ways that its callers know how to go on from; everything else is a bug. */
export function isAdapterError(error: unknown): error is ConflictError | TransientError | TerminalError {
  return error instanceof ConflictError || error instanceof TransientError || error instanceof TerminalError;
}
