import type { TargetId } from '../domain/plan.ts';
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
  /** Of those taken back, the ones that had been promoted. */
  readonly takenBackAfterPromotion: number;
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
  readonly verdicts: readonly VerdictEvidence[];
  /** A nudge is none of them. */
  readonly commands: { readonly sent: number };
  readonly nudges: NudgeEvidence;
  readonly tenants: readonly TenantsOnVersion[];
  readonly harmed: readonly HarmedTenant[];
  /** First bad response → rollback decided, seconds; `null` without one. */
  readonly detectedAfterSeconds: number | null;
  /** Decided → last target Healthy on the version it had, seconds; `null` without one. */
  readonly rolledBackAfterSeconds: number | null;
}
