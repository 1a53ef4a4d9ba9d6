/** How bad a finding is. */
export type FindingLevel = 'ok' | 'warning' | 'error';

/** What a check found. */
export interface Finding {
  readonly level: FindingLevel;
  /** What was looked at: `api server`, `rights`. */
  readonly check: string;
  /** PascalCase constant. */
  readonly reason: string;
  readonly message: string;
  /** What a person should do; `null` when nothing. */
  readonly remedy: string | null;
}

/** Findings of one check, made with its name. */
export interface Findings {
  readonly ok: (reason: string, message: string) => Finding;
  readonly warning: (reason: string, message: string, remedy: string) => Finding;
  readonly error: (reason: string, message: string, remedy: string) => Finding;
}

/** Makes the findings of a check. */
export function findingsOf(check: string): Findings {
  return {
    ok: (reason, message) => ({ level: 'ok', check, reason, message, remedy: null }),
    warning: (reason, message, remedy) => ({ level: 'warning', check, reason, message, remedy }),
    error: (reason, message, remedy) => ({ level: 'error', check, reason, message, remedy }),
  };
}

const NAMED = 5;

/** `a, b, c, d, e and 7 more` */
export function someOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} and ${rest} more`;
}

/** `1 Rollout`, `12 Rollouts` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
