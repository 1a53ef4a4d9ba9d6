import type { TargetId } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { ClusterWitness, WorldName } from './demo-world.ts';
import type { PlayedRelease } from './play-release.ts';

/** A wave of a release that is over, in targets. */
export interface WaveOutcome {
  readonly name: string;
  readonly targets: number;
  /** That were on the new version alone at some time. */
  readonly promoted: number;
  /** That were taken back. */
  readonly rolledBack: number;
}

/** A release that is over. */
export interface ReleaseOutcome {
  readonly name: string;
  readonly outcome: string;
  readonly waves: readonly WaveOutcome[];
  readonly tenantsOnNew: number;
  readonly tenantsOnOld: number;
  /** First bad response served → decision persisted; `null` without a rollback. */
  readonly detectedAfterSeconds: number | null;
  /** Decision persisted → last affected target Healthy on the version it had; `null` without a rollback. */
  readonly rolledBackAfterSeconds: number | null;
}

/** What the demo answers. */
export interface DemoResult {
  readonly world: WorldName;
  readonly kubeconfig: string;
  readonly releases: readonly ReleaseOutcome[];
  /** What kubectl says at the end, pods by version; empty where there is none. */
  readonly clusters: readonly WitnessedCluster[];
  /** Paths of the Markdown that was written. */
  readonly files: readonly string[];
}

/** What kubectl says of a cluster at the end. */
export interface WitnessedCluster extends Omit<ClusterWitness, 'podsByImage'> {
  /** Version → pods that run it. */
  readonly pods: Readonly<Record<string, number>>;
}

/** What a release came to. @param versions tenant → version that serves it now, by name */
export function releaseOutcome(
  { plan, status, runs, witness }: PlayedRelease,
  versions: ReadonlyMap<string, string>,
  firstBadAt: Instant | null,
): ReleaseOutcome {
  const restored = new Set<TargetId>(runs.filter((run) => run.goal.kind === 'restored').map(({ target }) => target));
  const onNew = plan.tenants.filter(({ name }) => versions.get(name) === plan.version.name).length;
  const decidedAt = witness.rollbackPersistedAt();
  return {
    name: plan.release,
    outcome: status.phase,
    waves: plan.waves.map(({ name, targets }) => ({
      name,
      targets: targets.length,
      promoted: targets.filter(({ id }) => witness.promoted.has(id)).length,
      rolledBack: targets.filter(({ id }) => restored.has(id)).length,
    })),
    tenantsOnNew: onNew,
    tenantsOnOld: plan.tenants.length - onNew,
    detectedAfterSeconds: secondsBetween(firstBadAt, decidedAt),
    rolledBackAfterSeconds: secondsBetween(decidedAt, lastBackAt([...restored], witness)),
  };
}

function lastBackAt(targets: readonly TargetId[], witness: PlayedRelease['witness']): Instant | null {
  let last: Instant | null = null;
  for (const target of targets) {
    const at = witness.backAt(target);
    if (at === null) return null;
    if (last === null || at > last) last = at;
  }
  return last;
}

function secondsBetween(from: Instant | null, to: Instant | null): number | null {
  return from === null || to === null ? null : Math.round((to - from) / 100) / 10;
}

/** What is not as the demo promises; empty: all of it is. */
export function demoProblems({ releases, clusters, files }: DemoResult): readonly string[] {
  const [good, bad] = releases;
  if (good === undefined || bad === undefined) return [`two releases were to be played, not ${releases.length}`];
  const checks: readonly (readonly [boolean, string])[] = [
    [good.outcome === 'Completed', `${good.name} ended ${good.outcome}, not Completed`],
    [good.tenantsOnOld === 0, `${good.tenantsOnOld} tenants are not on ${good.name}`],
    [bad.outcome === 'RolledBack', `${bad.name} ended ${bad.outcome}, not RolledBack`],
    [bad.tenantsOnNew === 0, `${bad.tenantsOnNew} tenants are still on ${bad.name}`],
    [bad.waves.some(isTakenBack), `no wave of ${bad.name} was promoted and taken back`],
    [bad.detectedAfterSeconds !== null, `nobody saw ${bad.name} hurt anybody before it was stopped`],
    [bad.rolledBackAfterSeconds !== null, `not every target of ${bad.name} was seen Healthy again`],
    [files.length === 4, `${files.length} files were written, not 4`],
  ];
  const problems = checks.filter(([isSo]) => !isSo).map(([, problem]) => problem);
  return [...problems, ...clusters.flatMap((one) => clusterProblem(one, good.name) ?? [])];
}

/** `null`: every Rollout is Healthy, and no pod runs anything but the good version. @param good name of its release */
export function clusterProblem({ cluster, rollouts, healthy, pods }: WitnessedCluster, good: string): string | null {
  const versions = Object.keys(pods);
  const isAlone = versions.length === 1 && good.endsWith(`-${versions[0]}`);
  if (rollouts > 0 && healthy === rollouts && isAlone) return null;
  return `kubectl says of cluster ${cluster}: ${healthy} of ${rollouts} Rollouts are Healthy, pods run ${versions.join(', ')}`;
}

function isTakenBack({ promoted, rolledBack }: WaveOutcome): boolean {
  return promoted > 0 && rolledBack >= promoted;
}
