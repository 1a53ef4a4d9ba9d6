import { formatCount } from '../analysis/format-numbers.ts';
import { about, counted, percentOf, shareFloor, utcSeconds, verdictWord } from './document/figures.ts';
import { fold, foldedList, moreOf } from './document/fold.ts';
import { inline, table } from './document/table.ts';
import type { AnalysisEvidence, Evidence, VerdictEvidence } from './evidence.ts';
import type { NudgeEvidence } from './evidence-nudges.ts';

/** What happened, as the last section of the plan document. `shown` bounds its lists. @default 200 */
export function evidenceMarkdown(evidence: Evidence, shown = 200): string {
  return [
    outcome(evidence),
    '',
    waves(evidence),
    '',
    subsection('Who is on what', whoIsOnWhat(evidence)),
    subsection('Harmed', harmed(evidence, shown)),
    subsection('Verdicts that were acted on', verdicts(evidence, shown)),
    ...(evidence.analyses.length === 0 ? [] : [subsection('Analyses', analyses(evidence.analyses, shown))]),
    subsection('Timeline', timeline(evidence, shown)),
  ].join('\n');
}

function subsection(title: string, body: string): string {
  return `### ${title}\n\n${body}\n`;
}

function outcome(evidence: Evidence): string {
  const { startedAt, endedAt } = evidence;
  const lines = [
    `**${evidence.outcome}**: ${inline(evidence.message)}`,
    '',
    `- plan: \`${evidence.planHash}\``,
    `- started: ${utcSeconds(startedAt)}`,
    endedAt === null ? '- not ended yet' : `- ended: ${utcSeconds(endedAt)}, after ${about(endedAt - startedAt)}`,
    `- commands: ${commands(evidence.commands)}${nudges(evidence.nudges)}`,
  ];
  if (evidence.detectedAfterSeconds !== null) {
    lines.push(`- first bad response to the decision to roll back: ${evidence.detectedAfterSeconds} s`);
  }
  if (evidence.rolledBackAfterSeconds !== null) {
    lines.push(`- decision to the last target Healthy on the version it had: ${evidence.rolledBackAfterSeconds} s`);
  }
  return lines.join('\n');
}

function commands(counted: Evidence['commands']): string {
  return counted === null ? '' : `${formatCount(counted.sent)} sent; `;
}

function nudges({ count, targets, most }: NudgeEvidence): string {
  if (most === null) return 'each had its effect without a nudge';
  const needed = `${counted(targets, 'target')} needed ${counted(count, 'nudge')} until an effect was seen`;
  return `${needed}, ${most.target} the most (${formatCount(most.count)})`;
}

function waves(evidence: Evidence): string {
  const rows = evidence.waves.map((wave) => [
    wave.name,
    formatCount(wave.targets),
    formatCount(wave.promoted),
    formatCount(wave.rolledBack),
    wave.takenBackAfterPromotion === null ? 'not watched' : formatCount(wave.takenBackAfterPromotion),
    formatCount(wave.notReached.length),
    formatCount(wave.nudges.count),
  ]);
  const text = table(
    ['Wave', 'Targets', 'On the new version', 'Rolled back', 'Of these after promotion', 'Not reached', 'Nudges'],
    rows,
  );
  const notReached = evidence.waves.flatMap((wave) => wave.notReached);
  if (notReached.length === 0) return text;
  return `${text}\n\nNot reached, and not reported as done:\n\n${foldedList(notReached, 50, 'target')}`;
}

function whoIsOnWhat(evidence: Evidence): string {
  return table(
    ['Version', 'Tenants'],
    evidence.tenants.map(({ version, tenants }) => [version, formatCount(tenants)]),
  );
}

function harmed(evidence: Evidence, shown: number): string {
  if (evidence.harmed === null) return 'Nobody watched each tenant.';
  if (evidence.harmed.length === 0) return 'No tenant was served below its objective by the new version.';
  const rows = evidence.harmed.map(({ tenant, seconds, badRequests }) => [
    tenant,
    formatCount(seconds),
    formatCount(badRequests),
  ]);
  const { items, more } = fold(rows, shown);
  const text = table(['Tenant', 'Seconds', 'Bad requests'], items);
  return `${counted(evidence.harmed.length, 'tenant')}:\n\n${text}${more > 0 ? `\n\nand ${moreOf(more, 'tenant')}` : ''}`;
}

function verdicts({ verdicts: all, samplesDropped }: Evidence, shown: number): string {
  const dropped =
    samplesDropped === 0
      ? ''
      : `\n\n${counted(samplesDropped, 'sample')} had no room in the records; what failed was kept first.`;
  return `${verdictTable(all, shown)}${dropped}`;
}

function verdictTable(all: readonly VerdictEvidence[], shown: number): string {
  if (all.length === 0) return 'None.';
  const { items, more } = fold(all, shown);
  const text = table(
    ['At', 'Where', 'SLO', 'Verdict', 'Good', 'Requests', 'Wanted'],
    items.map((one) => [
      utcSeconds(one.at),
      one.target ?? `wave ${one.wave}`,
      one.slo,
      verdictWord(one.verdict),
      one.counts === null || one.counts.total === 0 ? 'no data' : shareFloor(one.counts.good, one.counts.total),
      one.counts === null ? 'no data' : formatCount(Math.round(one.counts.total)),
      percentOf(one.objective),
    ]),
  );
  return more > 0 ? `${text}\n\nand ${moreOf(more, 'verdict')}` : text;
}

function analyses(all: readonly AnalysisEvidence[], shown: number): string {
  const { items, more } = fold(all, shown);
  const text = table(
    ['At', 'Where', 'Metric', 'Phase', 'Failed', 'Measured', 'Last value'],
    items.map((one) => [
      utcSeconds(one.at),
      one.target,
      `${one.analysis}/${one.metric}`,
      one.phase,
      formatCount(one.counters.failed),
      formatCount(one.counters.count),
      one.readings.at(-1)?.value ?? 'none',
    ]),
  );
  return more > 0 ? `${text}\n\nand ${moreOf(more, 'metric')}` : text;
}

function timeline(evidence: Evidence, shown: number): string {
  const lines = evidence.events.map(({ at, actor, text }) => `${utcSeconds(at)} ${inline(actor)}: ${inline(text)}`);
  return lines.length === 0 ? 'Nothing was recorded.' : foldedList(lines, shown, 'entry', 'entries');
}
