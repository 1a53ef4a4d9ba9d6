import type { PlanFinding } from '../../domain/plan.ts';
import type { Section } from './document-input.ts';
import { foldedList } from './fold.ts';
import { inline } from './table.ts';

/** What the plan itself says a reader should know, and what a look at the clusters found. */
export const findings: Section = ({ plan, preflight }, shown) =>
  [
    plan.findings.length === 0 ? 'The plan has no warning.' : foldedList(plan.findings.map(line), shown, 'finding'),
    '',
    ...(preflight === null
      ? ['No cluster was asked: each wave is checked in its clusters before anything in it moves.']
      : preflight.length === 0
        ? ['The clusters were asked, and nothing stands against the release.']
        : ['In the clusters:', '', foldedList(preflight.map(line), shown, 'finding')]),
  ].join('\n');

function line(finding: PlanFinding): string {
  return `${finding.severity} ${finding.reason}, ${inline(finding.subject)}: ${inline(finding.message)}`;
}
