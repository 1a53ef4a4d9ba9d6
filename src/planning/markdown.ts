import { formatCount } from '../analysis/format-numbers.ts';
import type { Plan } from '../domain/plan.ts';
import { queries, targets } from './document/appendix.ts';
import { assumptions } from './document/assumptions.ts';
import type { PlanDocument, Section } from './document/document-input.ts';
import { exposureSection } from './document/exposure-section.ts';
import { failurePolicy, rollback } from './document/failure-policy.ts';
import { counted, share } from './document/figures.ts';
import { findings } from './document/findings-section.ts';
import { forecastSection } from './document/forecast-section.ts';
import { gates } from './document/gates.ts';
import { signOff } from './document/sign-off.ts';
import { size, waves } from './document/waves-section.ts';
import { whatChanges } from './document/what-changes.ts';
import { whoIsAffected } from './document/who-is-affected.ts';
import { evidenceMarkdown } from './evidence-markdown.ts';
import { everyone } from './exposure.ts';

/** What a comment on a pull request takes is 65 536 characters; a few are left for whoever posts it. */
export const DOCUMENT_CHARACTERS_LIMIT = 65_000;
/** How long lists may be; the first length with which the document fits. */
const LIST_LENGTHS = [200, 100, 50, 20, 10, 5, 2] as const;

const SECTIONS: readonly (readonly [string, Section])[] = [
  ['What changes', whatChanges],
  ['Who is affected', whoIsAffected],
  ['Waves', waves],
  ['Gates', gates],
  ['Exposure', exposureSection],
  ['Forecast', forecastSection],
  ['If something fails', failurePolicy],
  ['Rollback', rollback],
  ['Findings', findings],
  ['Assumptions and risks', assumptions],
  ['Sign-off', signOff],
];

const APPENDICES: readonly (readonly [string, Section])[] = [
  ['Appendix A: queries', queries],
  ['Appendix B: targets in the order they start', targets],
];

/** The plan as the document that a release manager signs; with evidence, also what happened. Below 65 000 characters. */
export function planMarkdown(document: PlanDocument): string {
  for (const shown of LIST_LENGTHS) {
    const text = render(document, shown);
    if (text.length < DOCUMENT_CHARACTERS_LIMIT) return text;
  }
  return cut(render(document, 1));
}

function render(document: PlanDocument, shown: number): string {
  const numbered = SECTIONS.map(([title, section], index) => [`${index + 1}. ${title}`, section] as const);
  const parts = [heading(document.plan), ...numbered.map(([title, section]) => part(title, section(document, shown)))];
  if (document.evidence !== null) {
    parts.push(part(`${SECTIONS.length + 1}. What happened`, evidenceMarkdown(document.evidence, shown)));
  }
  parts.push(...APPENDICES.map(([title, section]) => part(title, section(document, shown))));
  return `${parts.join('\n\n')}\n`;
}

function heading(plan: Plan): string {
  const total = everyone(plan);
  const left = new Set(plan.leftOut.map((one) => one.tenant));
  const reached = plan.tenants.filter((tenant) => !left.has(tenant.name));
  const weight = reached.reduce((sum, tenant) => sum + tenant.weight, 0);
  return [
    `# Release ${plan.release}: ${plan.workload} to ${plan.version.name}`,
    '',
    `- plan: \`${plan.hash}\``,
    `- along: wave plan \`${plan.wavePlan}\`, ${size(plan.waves)}`,
    `- reaches: ${formatCount(reached.length)} of ${counted(total.tenants, 'tenant')}, ${share(weight, total.weight)} of all weight`,
    `- warnings: ${plan.findings.length}`,
  ].join('\n');
}

function part(title: string, body: string): string {
  return `## ${title}\n\n${body.trimEnd()}`;
}

/** Only names and messages of absurd length come here: the end goes, and the document says so. */
function cut(text: string): string {
  const note = "\n\n(cut here: the rest is in the plan's JSON)\n";
  const kept = text.slice(0, DOCUMENT_CHARACTERS_LIMIT - note.length - 1);
  return kept.slice(0, Math.max(0, kept.lastIndexOf('\n'))) + note;
}
