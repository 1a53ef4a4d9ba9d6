import { formatCount } from '../../analysis/format-numbers.ts';
import { formatInstant } from '../../domain/time.ts';
import { counted, percentOf, shareFloor, utcSeconds, verdictWord } from '../../planning/document/figures.ts';
import type { AnalysisEvidence, Evidence, VerdictEvidence } from '../../planning/evidence.ts';
import { evidenceMarkdown } from '../../planning/evidence-markdown.ts';
import type { HubOptions, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { withHub } from '../release/with-hub.ts';
import { evidenceJson } from './evidence-json.ts';
import { readEvidence } from './hub-evidence.ts';

/** Prints the evidence of a release. */
export async function showEvidence({ options, args, output }: Invocation<HubOptions>): Promise<ExitCode> {
  const { release, evidence } = await withHub(options, (hub) => readEvidence(hub, args[0]));
  if (output.format === 'markdown')
    output.line(`# Evidence of release ${release}\n\n${evidenceMarkdown(evidence).trimEnd()}`);
  if (output.format === 'text') for (const line of evidenceLines(release, evidence)) output.line(line);
  output.answer(evidenceJson(release, evidence));
  return exitCodes.done;
}

/** The evidence in short, failures first. */
export function evidenceLines(release: string, evidence: Evidence): readonly string[] {
  const { verdicts, analyses, samplesDropped } = evidence;
  return [
    `${release}: ${evidence.outcome}, plan ${evidence.planHash.slice(0, 12)}: ${evidence.message}`,
    ...[...verdicts].sort(byVerdict).map(verdictLine),
    ...analyses.map(analysisLine),
    `${counted(verdicts.length, 'verdict')}, ${counted(analyses.length, 'metric')}${samplesDropped === 0 ? '' : `, ${samplesDropped} without room in the records`}`,
  ];
}

function byVerdict(a: VerdictEvidence, b: VerdictEvidence): number {
  return Number(b.verdict === 'fail') - Number(a.verdict === 'fail');
}

function verdictLine({ at, target, wave, slo, verdict, counts, objective, basis }: VerdictEvidence): string {
  const share =
    counts === null || counts.total === 0
      ? 'no data'
      : `${shareFloor(counts.good, counts.total)} of ${formatCount(Math.round(counts.total))} good, wanted ${percentOf(objective)}`;
  const why = basis === null ? '' : ` (${basis.reason}, asked ${formatInstant(basis.at)})`;
  return `${utcSeconds(at)} ${target ?? `wave ${wave}`} ${slo}: ${verdictWord(verdict)}, ${share}${why}`;
}

function analysisLine({ at, target, analysis, metric, phase, counters, readings }: AnalysisEvidence): string {
  const values = readings.map(({ value, phase: read }) => `${value} ${read}`).join(', ');
  return `${utcSeconds(at)} ${target} ${analysis}/${metric}: ${phase}, ${counters.failed} of ${counters.count} failed${values === '' ? '' : `; last ${values}`}`;
}
