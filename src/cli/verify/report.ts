import { formatCount, formatShares } from '../../analysis/format-numbers.ts';
import { formatInstant } from '../../domain/time.ts';
import { counted, verdictWord } from '../../planning/document/figures.ts';
import { compare } from '../../planning/findings.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { alignColumns } from '../table.ts';
import { queryOf } from './ask-sources.ts';
import { type JudgedSlo, type Standing, WORST_FIRST } from './judgement.ts';
import type { Verified } from './verify-fleet.ts';

/** Rows that a table for people has before the rest is counted. */
const ROWS_SHOWN = 60;

type Judged = Extract<Verified, { kind: 'judged' }>;

/** How a verification ended, as an exit code. */
export function verifyExitCode(verified: Verified): ExitCode {
  if (verified.kind === 'refused') return exitCodes.refused;
  switch (verified.verdict) {
    case 'pass':
      return exitCodes.done;
    case 'fail':
      return exitCodes.verificationFailed;
    case 'inconclusive':
    case 'missing':
      return exitCodes.inconclusive;
  }
}

/** Who it was: the tenant, or all of a unit. */
export function whoOf({ tenant, unit }: JudgedSlo): string {
  return tenant ?? unit;
}

/** The worst first, then by SLO and unit, a unit's sum before its tenants. */
export function worstFirst(judged: readonly JudgedSlo[]): readonly JudgedSlo[] {
  const rank = ({ verdict, decides }: JudgedSlo) => (decides ? WORST_FIRST.indexOf(verdict.kind) : WORST_FIRST.length);
  return [...judged].sort(
    (a, b) => rank(a) - rank(b) || compare(a.slo, b.slo) || compare(a.unit, b.unit) || compare(whoOf(a), whoOf(b)),
  );
}

/** A table per SLO and tenant. */
export function verdictTable(judged: readonly JudgedSlo[]): readonly string[] {
  const rows = worstFirst(judged);
  const left = rows.length - ROWS_SHOWN;
  return [
    ...alignColumns([
      ['slo', 'tier', 'whose', 'requests', 'bad', 'allowed', 'verdict', ''],
      ...rows.slice(0, ROWS_SHOWN).map(cellsOf),
    ]),
    ...(left > 0 ? [`and ${formatCount(left)} more, see --output json`] : []),
  ];
}

function cellsOf(one: JudgedSlo): readonly string[] {
  const { slo, tier, counts, objective, verdict, decides } = one;
  const badRatio =
    counts === null || counts.total === 0 ? null : Math.max(0, counts.total - counts.good) / counts.total;
  const [bad, allowed] = formatShares(badRatio ?? 0, Number((1 - objective).toFixed(12)));
  const isShared = one.tenant === null;
  return [
    slo,
    tier,
    isShared ? `${one.unit} (all)` : whoOf(one),
    counts === null ? '-' : formatCount(Math.round(counts.total)),
    badRatio === null ? '-' : bad,
    allowed,
    decides ? verdictWord(verdict.kind) : `(${verdictWord(verdict.kind)})`,
    verdict.kind === 'pass' || !decides ? '' : verdict.message,
  ];
}

/** The end in one sentence. */
export function verifiedSentence(workload: string, verified: Verified): string {
  if (verified.kind === 'refused')
    return `${workload}: ${verified.message}: ${verified.targets.slice(0, 5).join('; ')}`;
  const { verdict, judged, begun, look, isStopped } = verified;
  const deciding = worstFirst(judged).filter((one) => one.decides);
  const targets = begun.units.flatMap((unit) => unit.targets).length;
  const reach = `${counted(targets, 'target')}, ${counted(new Set(judged.map(({ slo }) => slo)).size, 'slo')}`;
  const time = `from ${formatInstant(begun.sinceAt)} to ${formatInstant(look.at)}`;
  if (verdict === 'pass') return `${workload}: pass: ${reach}, ${time}`;
  const worst = deciding.filter((one) => one.verdict.kind === verdict);
  const first = worst[0];
  const because =
    first === undefined ? 'stopped before its time' : `${whoOf(first)} ${first.slo}: ${first.verdict.message}`;
  const more = worst.length > 1 ? ` (and ${worst.length - 1} more)` : '';
  return `${workload}: ${verdictWord(verdict)}${isStopped ? ', stopped' : ''}: ${because}${more}; ${reach}, ${time}`;
}

/** The evidence: what was asked, what was answered, what was made of it. */
export function verifiedAnswer(workload: string, wavePlan: string | null, verified: Verified): unknown {
  const exitCode = verifyExitCode(verified);
  const message = verifiedSentence(workload, verified);
  if (verified.kind === 'refused')
    return { workload, verdict: 'refused', message, targets: verified.targets, exitCode };
  const { verdict, begun, look, judged } = verified;
  return {
    workload,
    wavePlan,
    verdict,
    message,
    since: formatInstant(begun.sinceAt),
    until: formatInstant(look.at),
    targets: targetEvidence(verified),
    notDeployed: begun.notDeployed,
    results: worstFirst(judged).map(({ verdict: { kind, reason, message: text }, ...rest }) => ({
      ...rest,
      verdict: kind,
      reason,
      message: text,
    })),
    measurements: measurementEvidence(verified),
    exitCode,
  };
}

function targetEvidence({ begun, standings }: Judged): readonly unknown[] {
  return begun.units.flatMap((unit) =>
    unit.targets.map(({ id, tenants }) => ({
      id,
      tier: unit.tier,
      tenants: tenants.map(({ name }) => name),
      minRequests: unit.minRequests,
      ...standingEvidence(standings.get(id)),
    })),
  );
}

function standingEvidence(standing: Standing | undefined): object {
  if (standing === undefined || standing.kind === 'unknown')
    return { revision: null, image: null, changedTo: null, trouble: standing?.message ?? 'not seen' };
  const { revision, image } = standing;
  return { revision, image, changedTo: standing.kind === 'changed' ? standing.now : null, trouble: null };
}

function measurementEvidence({ begun, look, answers }: Judged): readonly unknown[] {
  return begun.questions.map((question) => {
    const state = answers.get(question.key);
    return {
      source: question.source.name,
      tellsRevisions: question.source.revision.kind !== 'none',
      slos: question.slos,
      at: formatInstant(look.at),
      windowMs: look.windowMs,
      query: queryOf(question, look),
      outcome: state?.kind ?? 'unavailable',
      rows: state?.kind === 'counts' ? state.rows.size : 0,
      trouble: state?.kind === 'unavailable' ? state.message : null,
    };
  });
}
