import type { PlanFinding } from '../domain/plan.ts';

/** Something that makes a plan impossible. */
export function error(reason: string, subject: string, message: string): PlanFinding {
  return { severity: 'error', reason, subject, message };
}

/** Something that a reader should know before signing. */
export function warning(reason: string, subject: string, message: string): PlanFinding {
  return { severity: 'warning', reason, subject, message };
}

/** Errors first, then by reason, subject and message, each once: the same whatever order they were found in. */
export function inOrder(findings: readonly PlanFinding[]): readonly PlanFinding[] {
  const byKey = new Map(findings.map((finding) => [keyOf(finding), finding]));
  return [...byKey.entries()].sort(([a], [b]) => compare(a, b)).map(([, finding]) => finding);
}

/** Compares texts by code unit, as every order in a plan does. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `acme, globex, initech and 4 more` */
export function someOf(names: readonly string[], shown = 5): string {
  const sorted = [...names].sort(compare);
  const rest = sorted.length - shown;
  return rest > 0 ? `${sorted.slice(0, shown).join(', ')} and ${rest} more` : sorted.join(', ');
}

function keyOf(finding: PlanFinding): string {
  return [finding.severity, finding.reason, finding.subject, finding.message].join('\n');
}
