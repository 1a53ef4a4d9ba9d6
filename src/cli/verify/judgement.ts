import { type JudgedRows, judgeRows } from '../../analysis/judge-rows.ts';
import { sumRows } from '../../analysis/sum-counts.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { MeasuredSlo, TargetId } from '../../domain/plan.ts';
import type { RowCounts } from '../../domain/series-seen.ts';
import type { Counts, Verdict, VerdictKind } from '../../domain/verdict.ts';
import type { GuardedSlo } from '../../manifests/guard-template.ts';
import { otherRows } from '../../release/other-rows.ts';
import { type MeasurementState, rowKey } from '../../release/snapshot.ts';
import type { VerifiedTarget, VerifiedUnit } from './units.ts';

/** What is known of a target's revision while it is verified. */
export type Standing =
  | { readonly kind: 'runs'; readonly revision: string; readonly image: string }
  /** Another revision came while it was looked at. */
  | { readonly kind: 'changed'; readonly revision: string; readonly image: string; readonly now: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** One SLO of one unit, or of one tenant inside it. */
export interface JudgedSlo {
  readonly slo: string;
  readonly tier: string;
  readonly unit: string;
  /** `null`: all tenants of the unit together. */
  readonly tenant: string | null;
  readonly targets: readonly TargetId[];
  readonly objective: number;
  readonly counts: Counts | null;
  readonly verdict: Verdict;
  /** Whether the verdict speaks for the whole: a tenant among others is heard only when it fails by itself. */
  readonly decides: boolean;
}

/** What was measured, and how sure a failure must be. */
export interface Measured {
  readonly standings: ReadonlyMap<TargetId, Standing>;
  /** By `questionKey`. */
  readonly answers: ReadonlyMap<string, MeasurementState>;
  /** 0…1 */
  readonly significanceRatio: number;
  /** How far back the answers look, ms. */
  readonly windowMs: number;
}

/** Names a question to a source: SLOs with the same bound are asked once. */
export function questionKey(source: string, measured: MeasuredSlo): string {
  return `${source}|${JSON.stringify(measured)}`;
}

/** Judges every SLO of every unit, and of its tenants where it has several. */
export function judgeUnits(units: readonly VerifiedUnit[], measured: Measured): readonly JudgedSlo[] {
  return units.flatMap((unit) => unit.slos.flatMap((slo) => judgeUnit(unit, slo, measured)));
}

function judgeUnit(unit: VerifiedUnit, slo: GuardedSlo, measured: Measured): readonly JudgedSlo[] {
  const rows = unit.targets.flatMap((target) => rowsOf(target, slo, measured));
  const common = { slo: slo.name, tier: unit.tier, unit: unit.name, objective: slo.objective };
  const policy = {
    objective: slo.objective,
    minRequests: unit.minRequests,
    significanceRatio: measured.significanceRatio,
    windowMs: measured.windowMs,
    // targets of one unit may be measured by several sources; the slowest one is the most patient
    scrapeIntervalMs: Math.max(...unit.targets.map(({ source }) => source.scrapeIntervalMs)),
  };
  const verdictOf = (of: readonly TenantRow[]): Verdict => {
    const verdict = judgeRows(rowsToJudge(of), policy);
    // what was seen to fail has failed, whatever could not be seen beside it
    return verdict.kind === 'fail' ? verdict : (doubt(of) ?? verdict);
  };
  const sum = sumRows(rowsToJudge(rows).canary);
  const only = rows.length === 1 ? rows[0]!.tenant : null;
  const targets = unit.targets.map(({ id }) => id);
  const whole = { ...common, tenant: only, targets, counts: sum, verdict: verdictOf(rows), decides: true };
  if (rows.length === 1) return [whole];
  const each = rows.map((row) => {
    const verdict = verdictOf([row]);
    const { tenant, counts } = row;
    return { ...common, tenant, targets: [row.target], counts, verdict, decides: verdict.kind === 'fail' };
  });
  return [whole, ...each];
}

/** One tenant's counts in one target. */
interface TenantRow {
  readonly tenant: string;
  readonly target: TargetId;
  readonly counts: RowCounts | null;
  /** Of the other revisions. */
  readonly others: readonly RowCounts[];
  /** Why the counts are not the whole truth; `null` when they are. */
  readonly doubt: Verdict | null;
}

function rowsOf({ id, cluster, tenants, source }: VerifiedTarget, slo: GuardedSlo, measured: Measured): TenantRow[] {
  const standing = measured.standings.get(id) ?? { kind: 'unknown', message: `${id} has not been seen` };
  const state = measured.answers.get(questionKey(source.name, slo.measured));
  const because = standingDoubt(id, standing) ?? answerDoubt(source.name, state);
  return tenants.map((tenant) => {
    if (standing.kind !== 'runs' || state?.kind !== 'counts')
      return { tenant: tenant.name, target: id, counts: null, others: [], doubt: because };
    const revision = source.revision.kind === 'none' ? '' : standing.revision;
    const key = rowKey(cluster, tenant.id, revision);
    const counts = state.rows.get(key) ?? null;
    const others = counts === null ? [] : otherRows(state.rows, key);
    return { tenant: tenant.name, target: id, counts, others, doubt: because };
  });
}

function rowsToJudge(rows: readonly TenantRow[]): JudgedRows {
  return {
    canary: rows.flatMap(({ counts }) => (counts === null ? [] : [counts])),
    stable: rows.flatMap(({ others }) => others),
  };
}

function standingDoubt(id: TargetId, standing: Standing): Verdict | null {
  switch (standing.kind) {
    case 'runs':
      return null;
    case 'changed': {
      const message = `${id} went from revision ${standing.revision} to ${standing.now} meanwhile, verify again`;
      return { kind: 'inconclusive', reason: 'RevisionChanged', message };
    }
    case 'unknown':
      return { kind: 'missing', reason: 'ClusterUnreachable', message: standing.message };
    default:
      return assertNever(standing);
  }
}

function answerDoubt(source: string, state: MeasurementState | undefined): Verdict | null {
  if (state?.kind === 'counts') return null;
  if (state === undefined) return { kind: 'missing', reason: 'SourceUnavailable', message: `no answer from ${source}` };
  return { kind: 'missing', reason: state.reason, message: state.message };
}

function doubt(rows: readonly TenantRow[]): Verdict | null {
  const doubts = rows.flatMap((row) => (row.doubt === null ? [] : [row.doubt]));
  return doubts.find(({ kind }) => kind === 'missing') ?? doubts[0] ?? null;
}

/** From the worst on. */
export const WORST_FIRST: readonly VerdictKind[] = ['fail', 'missing', 'inconclusive', 'pass'];

/** The worst of the verdicts that decide. */
export function worstOf(judged: readonly JudgedSlo[]): VerdictKind {
  const heard = new Set(judged.filter(({ decides }) => decides).map(({ verdict }) => verdict.kind));
  return WORST_FIRST.find((kind) => heard.has(kind)) ?? 'missing';
}
