import { formatCount } from '../../analysis/format-numbers.ts';
import type { DecidingSample, TargetRun } from '../../domain/target-run.ts';
import type { VerdictKind } from '../../domain/verdict.ts';
import { percentOf, shareFloor, verdictWord } from '../../planning/document/figures.ts';
import { type Line, type Span, type Style, span } from './line.ts';

/** The gates of a wave as chips, one an SLO: verdict, value against limit, sample size. Empty before the first decision. */
export function gatesLine(runs: readonly TargetRun[]): Line {
  const bySlo = Map.groupBy(
    runs.flatMap((run) => run.deciding),
    ({ slo }) => slo,
  );
  const chips = [...bySlo.values()].map(chip);
  return chips.flatMap((one, index) => (index === 0 ? one : [span(' · ', 'dim'), ...one]));
}

const WORST_FIRST: readonly VerdictKind[] = ['fail', 'missing', 'inconclusive', 'pass'];

function chip(samples: readonly DecidingSample[]): readonly Span[] {
  const kind = WORST_FIRST.find((verdict) => samples.some((sample) => sample.verdict === verdict)) ?? 'missing';
  // the ones that failed speak for themselves: among many good ones they would drown
  const speaking = kind === 'fail' ? samples.filter((sample) => sample.verdict === 'fail') : samples;
  // a count is extrapolated, and people read whole requests
  const good = speaking.reduce((sum, sample) => sum + Math.round(sample.good), 0);
  const total = speaking.reduce((sum, sample) => sum + Math.round(sample.total), 0);
  const value = total === 0 ? 'no requests' : `${shareFloor(good, total)} of ${formatCount(total)} good`;
  const wanted = Math.max(...speaking.map((sample) => sample.objective));
  return [
    span(`${samples[0]?.slo} `),
    span(verdictWord(kind), style(kind)),
    span(` ${value}, wanted ${percentOf(wanted)}`),
  ];
}

function style(kind: VerdictKind): Style {
  return kind === 'pass' ? 'good' : kind === 'fail' ? 'bad' : 'busy';
}
