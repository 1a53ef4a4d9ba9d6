import { assertNever } from '../domain/assert-never.ts';
import type { PlanWave } from '../domain/plan.ts';
import type { RollbackDecision, WaitingFor } from '../domain/release-status.ts';
import { earliest, formatInstant, type Instant } from '../domain/time.ts';
import type { Freeze, FreezeScope } from '../domain/wave-plan.ts';
import { isOpen, nextOpen } from '../planning/windows.ts';
import type { IndexedTarget } from './plan-index.ts';
import type { Snapshot } from './snapshot.ts';

/** Why exposure may not widen now, and when that may change by itself. */
export interface Blocker extends WaitingFor {
  readonly wakeAt: Instant | null;
}

/** The freeze or closed window that stops a target from widening; `null` when none does. */
export function targetBlocker(
  snapshot: Snapshot,
  wave: PlanWave,
  indexed: IndexedTarget,
  now: Instant,
): Blocker | null {
  const freeze = snapshot.freezes.find((one) => isActive(one, now) && covers(snapshot, one.scope, indexed));
  if (freeze !== undefined) {
    return {
      reason: 'Frozen',
      message: `freeze ${freeze.name} by ${freeze.by}: ${freeze.reason}`,
      wakeAt: freeze.until,
    };
  }
  const cluster = snapshot.clusters.get(indexed.target.cluster);
  if (cluster?.kind === 'stale') {
    return { reason: 'ClusterUnreachable', message: `${indexed.target.cluster}: ${cluster.message}`, wakeAt: null };
  }
  return windowBlocker(wave, now);
}

/** Whether exposure of a target may widen now: no rollback is decided, and nothing stops it. */
export function mayWiden(
  snapshot: Snapshot,
  rollback: RollbackDecision | null,
  indexed: IndexedTarget,
  now: Instant,
): boolean {
  return rollback === null && targetBlocker(snapshot, snapshot.index.waves[indexed.waveIndex]!, indexed, now) === null;
}

/** What stops a whole wave from starting. */
export function waveBlockers(snapshot: Snapshot, waveIndex: number, now: Instant): readonly Blocker[] {
  const wave = snapshot.index.waves[waveIndex]!;
  const all = snapshot.freezes.find((one) => isActive(one, now) && coversRelease(snapshot, one.scope));
  const blockers = [
    all === undefined
      ? null
      : { reason: 'Frozen', message: `freeze ${all.name} by ${all.by}: ${all.reason}`, wakeAt: all.until },
    approvalBlocker(snapshot, wave),
    windowBlocker(wave, now),
    busyBlocker(snapshot, wave) ?? preflightBlocker(snapshot, waveIndex),
  ];
  return blockers.filter((blocker) => blocker !== null);
}

/** When a freeze begins or ends next. */
export function nextFreezeChange(snapshot: Snapshot, now: Instant): Instant | null {
  const changes = snapshot.freezes.flatMap((freeze) => [freeze.from, freeze.until]);
  return earliest(...changes.filter((at) => at !== null && at > now));
}

function windowBlocker(wave: PlanWave, now: Instant): Blocker | null {
  if (wave.windows.length === 0 || isOpen(wave.windows, now)) return null;
  const opensAt = nextOpen(wave.windows, now);
  const opens = opensAt === null ? 'never opens again' : `opens ${formatInstant(opensAt)}`;
  return { reason: 'WindowClosed', message: `the window of wave ${wave.name} ${opens}`, wakeAt: opensAt };
}

function approvalBlocker(snapshot: Snapshot, wave: PlanWave): Blocker | null {
  if (wave.requiredApprovals === 0) return null;
  const { hash } = snapshot.index.plan;
  const given = snapshot.approvals.filter((one) => one.wave === wave.name && one.planHash === hash);
  const people = new Set(given.map((one) => one.by));
  if (people.size >= wave.requiredApprovals) return null;
  const others = snapshot.approvals.filter((one) => one.wave === wave.name && one.planHash !== hash).length;
  const stray = others === 0 ? '' : `; ${others} ${others === 1 ? 'is' : 'are'} for another plan`;
  const message = `wave ${wave.name} has ${people.size} of ${wave.requiredApprovals} approvals for plan ${hash.slice(0, 12)}${stray}`;
  return { reason: 'ApprovalRequired', message, wakeAt: null };
}

function busyBlocker(snapshot: Snapshot, wave: PlanWave): Blocker | null {
  const target = wave.targets.find((one) => snapshot.busy.has(one.id));
  if (target === undefined) return null;
  const message = `release ${snapshot.busy.get(target.id)} acts on ${target.id}`;
  return { reason: 'AnotherRelease', message, wakeAt: null };
}

/** A wave that has started has passed its preflight. */
function preflightBlocker(snapshot: Snapshot, waveIndex: number): Blocker | null {
  if (snapshot.status.waves[waveIndex]!.phase !== 'Waiting') return null;
  const name = snapshot.index.waves[waveIndex]!.name;
  const state = snapshot.preflight.get(waveIndex);
  if (state === undefined || state.kind === 'pending') {
    return { reason: 'PreflightPending', message: `preflight of wave ${name} is under way`, wakeAt: null };
  }
  const errors = state.findings.filter((finding) => finding.severity === 'error');
  if (errors.length === 0) return null;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return { reason: 'PreflightFailed', message: `${errors[0]!.message}${more}`, wakeAt: null };
}

function isActive(freeze: Freeze, now: Instant): boolean {
  return (freeze.from === null || freeze.from <= now) && (freeze.until === null || now < freeze.until);
}

function coversRelease(snapshot: Snapshot, scope: FreezeScope): boolean {
  return scope.kind === 'all' || (scope.kind === 'release' && scope.release === snapshot.release);
}

function covers(snapshot: Snapshot, scope: FreezeScope, indexed: IndexedTarget): boolean {
  switch (scope.kind) {
    case 'all':
    case 'release':
      return coversRelease(snapshot, scope);
    case 'tier':
      return indexed.tenants.some((tenant) => tenant.tier === scope.tier);
    case 'tenant':
      return indexed.target.tenants.includes(scope.tenant);
    case 'cluster':
      return indexed.target.cluster === scope.cluster;
    case 'labels':
      return indexed.target.tenants.some((name) => hasLabels(snapshot.tenantLabels.get(name), scope.labels));
    default:
      return assertNever(scope);
  }
}

function hasLabels(
  labels: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return labels !== undefined && Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
