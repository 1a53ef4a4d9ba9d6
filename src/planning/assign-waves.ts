import type { PlanFinding } from '../domain/plan.ts';
import type { Selector, Wave, WavePlan } from '../domain/wave-plan.ts';
import { compare, error, someOf, warning } from './findings.ts';
import { selects } from './match-selector.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

/** A wave with its targets in the order they start. */
export interface AssignedWave {
  readonly wave: Wave;
  readonly targets: readonly ResolvedTarget[];
}

/**
 * Where every target goes. A target without wave is an error, and so is a wave that nothing of the fleet is in; a wave that only a hold
 * or the scope empties is left out.
 */
export interface AssignedWaves {
  readonly waves: readonly AssignedWave[];
  readonly findings: readonly PlanFinding[];
}

/**
 * Gives each target to the first wave that selects it; `excluded` only tells why a wave is empty.
 *
 * A target is looked at with its strictest tier. A selector with labels takes it only when every tenant in it matches: one tenant of
 * a pool that is not `cohort: early` keeps the pool out of the early wave.
 */
export function assignWaves(
  targets: readonly ResolvedTarget[],
  excluded: readonly ResolvedTarget[],
  wavePlan: WavePlan,
): AssignedWaves {
  const waveOf = (target: ResolvedTarget) => wavePlan.waves.find((candidate) => takes(candidate.select, target));
  const byWave = new Map<Wave, ResolvedTarget[]>(wavePlan.waves.map((wave) => [wave, []]));
  const homeless: ResolvedTarget[] = [];
  for (const target of targets) {
    const wave = waveOf(target);
    (wave === undefined ? homeless : (byWave.get(wave) ?? homeless)).push(target);
  }
  const inOrder = startOrder(wavePlan.rollback.order);
  const waves = [...byWave].map(([wave, members]) => ({ wave, targets: members.sort(inOrder) }));
  const emptied = new Set(excluded.map(waveOf));
  return {
    waves: waves.filter((wave) => wave.targets.length > 0),
    findings: [...emptyWaves(waves, emptied, targets.length), ...homelessTargets(homeless)],
  };
}

function takes(selector: Selector, target: ResolvedTarget): boolean {
  return target.tenants.every((tenant) => selects(selector, { tier: target.tier, labels: tenant.labels }));
}

/** Lenient tiers first, then the lighter targets: what goes wrong first should hurt least. */
function startOrder(tiers: readonly string[]): (a: ResolvedTarget, b: ResolvedTarget) => number {
  return (a, b) => tiers.indexOf(b.tier) - tiers.indexOf(a.tier) || weightOf(a) - weightOf(b) || compare(a.id, b.id);
}

/** Weight of all tenants of a target. */
export function weightOf(target: Pick<ResolvedTarget, 'tenants'>): number {
  return target.tenants.reduce((sum, tenant) => sum + tenant.weight, 0);
}

function emptyWaves(
  waves: readonly AssignedWave[],
  emptied: ReadonlySet<Wave | undefined>,
  targets: number,
): readonly PlanFinding[] {
  if (targets === 0) return [error('NothingToRelease', 'release', 'no target is left: see who is left out, and why')];
  return waves.filter((wave) => wave.targets.length === 0).map(({ wave }) => emptyWave(wave, emptied.has(wave)));
}

function emptyWave(wave: Wave, isEmptied: boolean): PlanFinding {
  const subject = `wave ${wave.name}`;
  return isEmptied
    ? warning('WaveSkipped', subject, 'all of its targets are held or out of scope: it is not part of this release')
    : error(
        'EmptyWave',
        subject,
        'it selects nothing, or only what earlier waves take: change its select or remove it',
      );
}

function homelessTargets(targets: readonly ResolvedTarget[]): readonly PlanFinding[] {
  return targets.map((target) =>
    error(
      'TargetInNoWave',
      target.id,
      `no wave selects it (tier ${target.tier}, ${someOf(target.tenants.map((tenant) => tenant.name))}): add a wave, or a last one with rest: true`,
    ),
  );
}
