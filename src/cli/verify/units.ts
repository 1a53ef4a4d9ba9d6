import { suggestion } from '../../config/nearest-name.ts';
import type { MetricSourceSpec, Tenant } from '../../domain/fleet.ts';
import type { TargetId } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { Wave, WavePlan } from '../../domain/wave-plan.ts';
import type { Workload } from '../../domain/workload.ts';
import type { GuardedSlo } from '../../manifests/guard-template.ts';
import { assignWaves } from '../../planning/assign-waves.ts';
import { compare } from '../../planning/findings.ts';
import { tierSlos } from '../../planning/measurements.ts';
import { rolloutOf } from '../../planning/plan.ts';
import { type ResolvedTarget, resolveTargets } from '../../planning/resolve-targets.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import { badArgument } from '../failure.ts';
import { findingText } from '../planned-releases.ts';

/** Whom a verification is about. */
export type Selection =
  | { readonly kind: 'all' }
  | { readonly kind: 'targets'; readonly ids: readonly string[] }
  /** By name or id. */
  | { readonly kind: 'tenants'; readonly names: readonly string[] };

/** A Rollout whose customers are looked at. */
export interface VerifiedTarget {
  readonly id: TargetId;
  readonly cluster: string;
  readonly tenants: readonly { readonly name: string; readonly id: string }[];
  readonly source: MetricSourceSpec;
}

/** Targets that are judged together, as the wave plan's scope says: one, or those of a tier in a wave. */
export interface VerifiedUnit {
  /** What people call it: a tenant, a pool's namespace, `business of wave 2`. */
  readonly name: string;
  readonly tier: string;
  readonly minRequests: number;
  readonly slos: readonly GuardedSlo[];
  readonly targets: readonly VerifiedTarget[];
}

/** What is verified. */
export interface UnitsInput {
  readonly input: PlanningInput;
  readonly workload: Workload;
  /** `null`: every target is judged by itself. */
  readonly wavePlan: WavePlan | null;
  /** `null`: the wave plan's. */
  readonly minRequests: number | null;
  readonly selection: Selection;
  readonly now: Instant;
}

/** Resolves whom to look at; held tenants too, for they are served as well. Sorted by tier and name. @throws InvalidInput for names that are not there */
export function verifiedUnits(asked: UnitsInput): readonly VerifiedUnit[] {
  const { input, workload, wavePlan, selection } = asked;
  const targets = chosen(resolve(asked), selection);
  const sources = new Map(input.fleet.metricSources.map((source) => [source.name, source]));
  const sourceOf = new Map(input.fleet.clusters.map(({ name, metrics }) => [name, sources.get(metrics)]));
  const units = new Map<string, VerifiedUnit & { readonly targets: VerifiedTarget[] }>();
  for (const { target, wave } of withWaves(targets, wavePlan)) {
    const source = sourceOf.get(target.cluster);
    if (source === undefined) throw badArgument(`cluster ${target.cluster}: its metric source is not declared`);
    // a tenant that is asked for is judged by its own customers, whatever its neighbours see
    const isShared = wave?.analysis.scope === 'wave' && selection.kind !== 'tenants';
    const key = isShared ? `${wave.name}/${target.tier}` : target.id;
    const { id, cluster, tenants } = target;
    const judged = selection.kind === 'tenants' ? tenants.filter((one) => isNamed(selection.names, one)) : tenants;
    const verified = { id, cluster, tenants: judged.map((one) => ({ name: one.name, id: one.id })), source };
    const unit = units.get(key);
    if (unit !== undefined) unit.targets.push(verified);
    else
      units.set(key, {
        name: isShared ? `${target.tier} of wave ${wave.name}` : nameOf(target, judged),
        tier: target.tier,
        minRequests: asked.minRequests ?? wave?.analysis.minRequests ?? 1,
        slos: slosOf(workload, target.tier),
        targets: [verified],
      });
  }
  return [...units.values()].sort((a, b) => compare(a.tier, b.tier) || compare(a.name, b.name));
}

function resolve({ input, workload, wavePlan, now }: UnitsInput): readonly ResolvedTarget[] {
  const { targets, excluded, findings } = resolveTargets({
    fleet: input.fleet,
    workload: workload.name,
    rollout: rolloutOf(workload),
    release: { name: 'verify', workload: workload.name, version: { name: '', images: {} }, wavePlan: '', scope: null },
    rollbackOrder: wavePlan?.rollback.order ?? [],
    now,
  });
  const errors = findings.filter(({ severity, reason }) => severity === 'error' && reason !== 'TierNotInRollbackOrder');
  if (errors.length > 0) throw badArgument(...errors.map(findingText));
  return [...targets, ...excluded];
}

function chosen(all: readonly ResolvedTarget[], selection: Selection): readonly ResolvedTarget[] {
  if (all.length === 0) throw badArgument('--workload: no tenant of the fleet is served by it');
  if (selection.kind === 'all') return all;
  const wanted = new Set(selection.kind === 'targets' ? selection.ids : selection.names);
  const namesOf = (target: ResolvedTarget): readonly string[] =>
    selection.kind === 'targets' ? [target.id] : target.tenants.flatMap(({ name, id }) => [name, id]);
  const known = all.flatMap(namesOf);
  const flag = selection.kind === 'targets' ? '--target' : '--tenant';
  const unknown = [...wanted].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw badArgument(
      ...unknown.map((name) => `${flag}: the workload is not served to "${name}"${suggestion(name, known)}`),
    );
  return all.filter((target) => namesOf(target).some((name) => wanted.has(name)));
}

function withWaves(
  targets: readonly ResolvedTarget[],
  wavePlan: WavePlan | null,
): readonly { readonly target: ResolvedTarget; readonly wave: Wave | null }[] {
  if (wavePlan === null) return targets.map((target) => ({ target, wave: null }));
  const { waves } = assignWaves(targets, [], wavePlan);
  const waveOf = new Map(waves.flatMap(({ wave, targets: members }) => members.map(({ id }) => [id, wave] as const)));
  return targets.map((target) => ({ target, wave: waveOf.get(target.id) ?? null }));
}

function slosOf(workload: Workload, tier: string): readonly GuardedSlo[] {
  const { slos, findings } = tierSlos(workload, tier);
  if (findings.length > 0) throw badArgument(...findings.map(findingText));
  if (slos.length === 0)
    throw badArgument(`workload ${workload.name} has no slos: there is nothing to judge, add spec.slos`);
  return slos;
}

function nameOf({ owner, tenants, namespace }: ResolvedTarget, judged: readonly Tenant[]): string {
  const isOne = owner.kind === 'tenant' || judged.length < tenants.length;
  return isOne ? judged.map(({ name }) => name).join(', ') : namespace;
}

function isNamed(names: readonly string[], { name, id }: Tenant): boolean {
  return names.includes(name) || names.includes(id);
}
