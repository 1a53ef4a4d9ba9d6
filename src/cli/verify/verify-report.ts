import { formatCount } from '../../analysis/format-numbers.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { counted, verdictWord } from '../../planning/document/figures.ts';
import { fold } from '../../planning/document/fold.ts';
import { table } from '../../planning/document/table.ts';
import type { JobReport } from '../job/job-reports.ts';
import type { CaseOutcome, JunitSuite } from '../job/junit.ts';
import { plain } from '../job/markdown-text.ts';
import { queryOf } from './ask-sources.ts';
import type { JudgedSlo } from './judgement.ts';
import { verifiedSentence, whoOf, worstFirst } from './report.ts';
import type { Verified } from './verify-fleet.ts';

const ROWS_SHOWN = 40;

/** What a CI job is told of a verification. */
export function verifyReport(workload: string, verified: Verified): JobReport {
  const title = `verify ${workload}`;
  const sentence = verifiedSentence(workload, verified);
  if (verified.kind === 'refused') {
    const refusal = { name: 'settled', durationMs: 0, outcome: unknown('Refused', sentence) };
    return {
      title,
      markdown: `## Verify ${plain(workload)}: refused\n\n${plain(sentence)}`,
      suites: [{ name: title, cases: [refusal] }],
    };
  }
  const word = verdictWord(verified.verdict);
  const markdown = [`## Verify ${plain(workload)}: ${word}`, plain(sentence), verdictRows(verified), queries(verified)];
  return { title, markdown: markdown.join('\n\n'), suites: suitesOf(verified) };
}

type Judged = Extract<Verified, { kind: 'judged' }>;

function verdictRows({ judged }: Judged): string {
  const { items, more } = fold(
    worstFirst(judged).filter(({ decides }) => decides),
    ROWS_SHOWN,
  );
  const rows = items.map((one) => [
    one.slo,
    one.tier,
    plain(whoOf(one)),
    one.counts === null ? '-' : formatCount(Math.round(one.counts.total)),
    verdictWord(one.verdict.kind),
    plain(one.verdict.message),
  ]);
  const shown = table(['slo', 'tier', 'whose', 'requests', 'verdict', 'because'], rows);
  return more > 0 ? `${shown}\n\nand ${counted(more, 'more row')}` : shown;
}

function queries({ begun, look }: Judged): string {
  const asked = begun.questions.map((question) => `${queryOf(question, look)}\n# ${question.source.name}`);
  return ['<details><summary>Queries</summary>', '', '```promql', ...asked, '```', '', '</details>'].join('\n');
}

/** A suite an SLO, a case for each whose verdict counts. */
function suitesOf({ judged, begun, look }: Judged): readonly JunitSuite[] {
  const durationMs = look.at - begun.sinceAt;
  const bySlo = new Map<string, JudgedSlo[]>();
  for (const one of judged.filter(({ decides }) => decides)) bySlo.set(one.slo, [...(bySlo.get(one.slo) ?? []), one]);
  return [...bySlo].map(([slo, all]) => ({
    name: `slo ${slo}`,
    cases: all.map((one) => ({ name: `${whoOf(one)} (${one.tier})`, outcome: outcomeOf(one.verdict), durationMs })),
  }));
}

function outcomeOf({ kind, reason, message }: Verdict): CaseOutcome {
  switch (kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'fail':
      return { kind: 'failed', reason, message };
    case 'inconclusive':
    case 'missing':
      return unknown(reason, message);
    default:
      return assertNever(kind);
  }
}

function unknown(reason: string, message: string): CaseOutcome {
  return { kind: 'unknown', reason, message };
}
