import type { AnalysisPhase } from '../domain/analysis-template.ts';
import type { TargetId } from '../domain/plan.ts';
import type { AnalysisReading, VerdictBasis } from '../domain/target-run.ts';
import type { Instant } from '../domain/time.ts';
import type { Counts, VerdictKind } from '../domain/verdict.ts';
import type { NudgeEvidence } from './evidence-nudges.ts';

/** One wave as it went, in targets. */
export interface WaveEvidence {
  readonly name: string;
  readonly targets: number;
  /** On the new version at the end. */
  readonly promoted: number;
  /** Touched, and back on the version they had. */
  readonly rolledBack: number;
  /** Of those taken back, the ones that had been promoted; `null`: nobody watched. */
  readonly takenBackAfterPromotion: number | null;
  readonly notReached: readonly TargetId[];
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly nudges: NudgeEvidence;
}

/** One line of the story: a decision, an action, an approval. */
export interface EvidenceEvent {
  readonly at: Instant;
  /** A person, or `tidegate`. */
  readonly actor: string;
  readonly text: string;
}

/** A verdict that was acted on, with the numbers behind it. */
export interface VerdictEvidence {
  readonly at: Instant;
  readonly wave: string;
  /** `null`: the wave as a whole. */
  readonly target: TargetId | null;
  readonly slo: string;
  readonly verdict: VerdictKind;
  readonly counts: Counts | null;
  /** Share of good events wanted, 0…1. */
  readonly objective: number;
  /** What it takes to come to the verdict again; `null`: recorded by a version that did not keep it. */
  readonly basis: EvidenceBasis | null;
}

/** What a verdict stands on: what was asked, what was seen, and the policy of the plan. */
export interface EvidenceBasis extends VerdictBasis {
  readonly source: string;
  /** PromQL for people to read. */
  readonly query: string;
  readonly minRequests: number;
  readonly windowMs: number;
  readonly scrapeIntervalMs: number;
}

/** A metric of a team's analysis as it stood when a decision was made, with what it takes to come to its phase again. */
export interface AnalysisEvidence {
  readonly at: Instant;
  readonly wave: string;
  readonly target: TargetId;
  readonly analysis: string;
  readonly metric: string;
  readonly source: string;
  readonly query: string;
  readonly args: Readonly<Record<string, string>>;
  /** With the arguments filled in; `null`: there is none. */
  readonly successCondition: string | null;
  readonly failureCondition: string | null;
  readonly limits: {
    /** `null`: without end. */
    readonly count: number | null;
    readonly failure: number;
    readonly inconclusive: number;
    readonly consecutiveError: number;
    readonly consecutiveSuccess: number;
  };
  readonly dryRun: boolean;
  /** Of the run. */
  readonly runPhase: AnalysisPhase;
  /** Of the metric. */
  readonly phase: AnalysisPhase;
  readonly counters: {
    readonly count: number;
    readonly failed: number;
    readonly inconclusive: number;
    readonly error: number;
    readonly consecutiveError: number;
    readonly consecutiveSuccess: number;
  };
  /** The last ones, oldest first. */
  readonly readings: readonly AnalysisReading[];
}

/** What was decided last about a target, that its verdicts must bear out. */
export interface DecisionEvidence {
  readonly at: Instant;
  readonly wave: string;
  readonly target: TargetId;
  /** Why it failed; `null`: it went on, or was taken back for another's failure. */
  readonly failure: string | null;
  /** Samples of this decision that the record had no room for. */
  readonly samplesDropped: number;
}

/** Tenants that one version serves. */
export interface TenantsOnVersion {
  readonly version: string;
  readonly tenants: number;
}

/** A tenant that the new version hurt, and for how long. */
export interface HarmedTenant {
  readonly tenant: string;
  readonly seconds: number;
  readonly badRequests: number;
}

/** What a release did, recorded while it ran. */
export interface Evidence {
  readonly planHash: string;
  readonly outcome: 'Completed' | 'RolledBack' | 'RollbackIncomplete' | 'Refused' | 'Running';
  /** One sentence: why it ended so. */
  readonly message: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly waves: readonly WaveEvidence[];
  /** In the order they happened. */
  readonly events: readonly EvidenceEvent[];
  readonly decisions: readonly DecisionEvidence[];
  readonly verdicts: readonly VerdictEvidence[];
  readonly analyses: readonly AnalysisEvidence[];
  /** Verdicts and metrics that were judged, and that the record had no room for. */
  readonly samplesDropped: number;
  /** A nudge is none of them; `null`: nobody counted. */
  readonly commands: { readonly sent: number } | null;
  readonly nudges: NudgeEvidence;
  readonly tenants: readonly TenantsOnVersion[];
  /** `null`: nobody watched. */
  readonly harmed: readonly HarmedTenant[] | null;
  /** First bad response → rollback decided, seconds; `null` without one. */
  readonly detectedAfterSeconds: number | null;
  /** Decided → last target Healthy on the version it had, seconds; `null` without one. */
  readonly rolledBackAfterSeconds: number | null;
}
