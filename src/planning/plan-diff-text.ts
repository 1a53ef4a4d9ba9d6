import { counted } from './document/figures.ts';
import { fold } from './document/fold.ts';
import { someOf } from './findings.ts';
import type { PlanDiff } from './plan-diff.ts';

/** Lines of one heading before the rest is counted. */
const LINES_SHOWN = 25;
const NAMES_SHOWN = 4;

/** What differs under one heading. */
interface DiffSection {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** A difference line by line. */
export function diffLines(diff: PlanDiff): readonly string[] {
  const sections = sectionsOf(diff);
  return [
    diffSentence(diff),
    ...sections.flatMap(({ heading, lines }) => [`${heading}:`, ...folded(lines).map((line) => `  ${line}`)]),
  ];
}

/** A difference as a comment on a pull request; `text` makes somebody else's words harmless. */
export function diffMarkdown(diff: PlanDiff, text: (line: string) => string): string {
  const sections = sectionsOf(diff);
  return [
    `## Plan of ${text(diff.to.release)}`,
    text(diffSentence(diff)),
    ...sections.map(({ heading, lines }) =>
      [`### ${heading}`, '', ...folded(lines).map((line) => `- ${text(line)}`)].join('\n'),
    ),
  ].join('\n\n');
}

/** The difference in one sentence. */
export function diffSentence(diff: PlanDiff): string {
  const { from, to, isSame } = diff;
  const sides = `plan ${shown(to.hash)} of ${to.release} (${to.version}) against ${shown(from.hash)} of ${from.release} (${from.version})`;
  if (isSame) return `${sides}: the same`;
  const parts = [
    ...(diff.added.length > 0 ? [`${counted(diff.added.length, 'target')} more`] : []),
    ...(diff.removed.length > 0 ? [`${counted(diff.removed.length, 'target')} less`] : []),
    ...(diff.moved.length > 0 ? [`${counted(diff.moved.length, 'target')} in another wave`] : []),
    ...(diff.images.length > 0 ? [counted(diff.images.length, 'other image')] : []),
    ...(diff.settings.length > 0 ? [counted(diff.settings.length, 'other setting')] : []),
    ...(diff.newFindings.length > 0 ? [counted(diff.newFindings.length, 'new warning')] : []),
  ];
  return `${sides}: ${parts.length === 0 ? 'no difference that matters' : parts.join(', ')}`;
}

function shown(hash: string): string {
  return hash.slice(0, 12);
}

function folded(lines: readonly string[]): readonly string[] {
  const { items, more } = fold(lines, LINES_SHOWN);
  return more > 0 ? [...items, `and ${more} more, see --output json`] : items;
}

function sectionsOf(diff: PlanDiff): readonly DiffSection[] {
  const all: readonly DiffSection[] = [
    { heading: 'Version', lines: diff.images.map(({ name, from, to }) => `${name}: ${arrow(from, to)}`) },
    { heading: 'Targets that come', lines: diff.added.map(placeLine) },
    { heading: 'Targets that go', lines: diff.removed.map(placeLine) },
    {
      heading: 'Targets in another wave',
      lines: diff.moved.map(({ name, from, to }) => `${name}: ${arrow(from, to)}`),
    },
    {
      heading: 'Tenants',
      lines: diff.tenants.map(({ target, came, went }) => `${target}: ${tenantsText(came, went)}`),
    },
    { heading: 'Left out', lines: diff.leftOut.map(({ name, from, to }) => `${name}: ${arrow(from, to, 'reached')}`) },
    {
      heading: 'Waves and gates',
      lines: diff.settings.map(
        ({ wave, setting, from, to }) => `${wave === null ? '' : `${wave}, `}${setting}: ${arrow(from, to)}`,
      ),
    },
    {
      heading: 'Objects',
      lines: diff.objects.map(({ paths, targets }) => `${someOf(targets, NAMES_SHOWN)}: ${paths.join(', ')}`),
    },
    { heading: 'New warnings', lines: diff.newFindings.map(findingLine) },
    { heading: 'Warnings that are gone', lines: diff.goneFindings.map(findingLine) },
  ];
  return all.filter(({ lines }) => lines.length > 0);
}

function arrow(from: string | null, to: string | null, none = 'none'): string {
  return `${from ?? none} → ${to ?? none}`;
}

function placeLine({ target, wave, tenants }: PlanDiff['added'][number]): string {
  return `${target}, wave ${wave} (${someOf(tenants, NAMES_SHOWN)})`;
}

function tenantsText(came: readonly string[], went: readonly string[]): string {
  return [
    ...(came.length > 0 ? [`with ${someOf(came, NAMES_SHOWN)}`] : []),
    ...(went.length > 0 ? [`without ${someOf(went, NAMES_SHOWN)}`] : []),
  ].join(', ');
}

function findingLine({ reason, subject, message }: PlanDiff['newFindings'][number]): string {
  return `${reason} ${subject}: ${message}`;
}
