import pLimit from 'p-limit';
import { ConflictError, TerminalError, TransientError } from '../domain/errors.ts';
import type { PlanWave } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import { measurementsOf, subjectOf } from '../release/gate.ts';
import type { ObservedTarget } from '../release/observed-target.ts';
import type { IndexedTarget } from '../release/plan-index.ts';
import type { PreflightFinding, Snapshot } from '../release/snapshot.ts';
import type { ClusterObserver } from './cluster-observer.ts';
import { preflightAdopted } from './preflight-adopted.ts';
import { stableTemplate } from './stable-template.ts';
import { quotaTrouble, rolloutTrouble } from './target-looks.ts';

/** Reads under way at once. */
const PREFLIGHT_CONCURRENCY = 16;

/** Where a preflight looks. */
export interface PreflightWorld {
  readonly clusters: ReadonlyMap<string, ClusterObserver>;
  readonly sources: ReadonlyMap<string, MetricSource>;
  readonly clock: Clock;
}

/** Looks at every target of a wave before anything moves; each finding says what to do. */
export async function preflightWave(
  world: PreflightWorld,
  snapshot: Snapshot,
  waveIndex: number,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const limit = pLimit(PREFLIGHT_CONCURRENCY);
  const wave = snapshot.index.waves[waveIndex]!;
  const targets = wave.targets.filter((target) => !snapshot.runs.has(target.id));
  const found = await Promise.all(
    targets.map((target) => limit(() => preflightTarget(world, snapshot.index.targets.get(target.id)!))),
  );
  return [...found.flat(), ...(await preflightData(world, snapshot, wave, signal))];
}

async function preflightTarget(world: PreflightWorld, indexed: IndexedTarget): Promise<readonly PreflightFinding[]> {
  const observer = world.clusters.get(indexed.target.cluster);
  const report = findingsFor(indexed);
  if (observer === undefined)
    return report('ClusterUnknown', `cluster ${indexed.target.cluster} is not connected, apply its Cluster object`);
  const state = observer.state();
  if (state.kind === 'stale') return report('ClusterUnreachable', `${indexed.target.cluster}: ${state.message}`);
  const observed = observer.target(indexed.target.id);
  if (observed === undefined) return report('NotSeen', 'has not been listed yet');
  try {
    if (observed === 'absent') return await preflightPlace(observer.api, indexed);
    const adopted = await preflightAdopted(observer.api, indexed);
    const rehearsed = await preflightRestorable(observer.api, indexed, observed);
    const room = await preflightRoom(observer.api, indexed, observed);
    return [...preflightRollout(indexed, observed), ...adopted, ...rehearsed, ...room];
  } catch (error) {
    if (error instanceof TransientError || error instanceof ConflictError)
      return report('ClusterUnreachable', error.message);
    if (error instanceof TerminalError) return report('NotAllowed', error.message);
    throw error;
  }
}

const findingsFor =
  (indexed: IndexedTarget) =>
  (reason: string, message: string): readonly PreflightFinding[] => [
    { severity: 'error', target: indexed.target.id, reason, message: `${subjectOf(indexed)}: ${message}` },
  ];

/** A first deploy needs its namespace. */
async function preflightPlace(api: KubernetesApi, indexed: IndexedTarget): Promise<readonly PreflightFinding[]> {
  const { namespace, rollout } = indexed.target;
  if (indexed.ownedImages !== null)
    return findingsFor(indexed)(
      'RolloutMissing',
      `there is no Rollout ${rollout} in ${namespace}, and it is not Tidegate's to make: correct source.existing.rollout or the placement`,
    );
  const found = await api.get({ kind: kinds.namespace, namespace: null, name: namespace });
  return found === undefined
    ? findingsFor(indexed)('NamespaceMissing', `namespace ${namespace} is missing, create it first`)
    : [];
}

function preflightRollout(indexed: IndexedTarget, observed: ObservedTarget): readonly PreflightFinding[] {
  const report = findingsFor(indexed);
  if (indexed.ownedImages === null && !observed.isGenerated)
    return report(
      'ForeignOwner',
      `the Rollout ${indexed.target.rollout} was not made by Tidegate: rename it or the workload, or release it as it is (source.existing, tidegate adopt)`,
    );
  const trouble = rolloutTrouble(observed);
  return trouble === null ? [] : report(trouble.reason, trouble.message);
}

/** The rehearsal: the template that a rollback would put back can be read. */
async function preflightRestorable(
  api: KubernetesApi,
  indexed: IndexedTarget,
  observed: ObservedTarget,
): Promise<readonly PreflightFinding[]> {
  if (observed.stableHash === '') return [];
  try {
    await stableTemplate(api, indexed, observed.stableHash);
    return [];
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return findingsFor(indexed)('NotRestorable', error.message);
  }
}

async function preflightRoom(
  api: KubernetesApi,
  indexed: IndexedTarget,
  observed: ObservedTarget,
): Promise<readonly PreflightFinding[]> {
  const { namespace, id } = indexed.target;
  const quotas = await api.list(kinds.resourceQuota, { namespace });
  return quotas.items.flatMap((quota) => {
    const trouble = quotaTrouble(quota, observed.totalPods);
    if (trouble === null) return [];
    const message = `${subjectOf(indexed)}: ${trouble.message}`;
    return [{ severity: 'warning', target: id, reason: trouble.reason, message } as const];
  });
}

/** Each source must answer for what runs now, or no gate could ever pass. */
async function preflightData(
  world: PreflightWorld,
  snapshot: Snapshot,
  wave: PlanWave,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const findings: PreflightFinding[] = [];
  for (const measurement of wave.measurements) {
    const members = wave.targets
      .map((target) => snapshot.index.targets.get(target.id)!)
      .filter((indexed) => measurementsOf(snapshot, wave, indexed).includes(measurement));
    const rows = members.flatMap((one) =>
      one.tenants.map((tenant) => ({ cluster: one.target.cluster, tenantId: tenant.id })),
    );
    const isDeployed = members.some(
      (one) => world.clusters.get(one.target.cluster)?.target(one.target.id) !== 'absent',
    );
    if (rows.length === 0 || !isDeployed) continue;
    const subject = `${measurement.slo} from ${measurement.source}`;
    try {
      const request = { slo: measurement.measured, windowMs: wave.analysis.windowMs, at: world.clock.now(), rows };
      const answered = await world.sources.get(measurement.source)?.measure(request, signal);
      if (answered === undefined)
        findings.push(dataFinding('SourceUnknown', `metric source ${measurement.source} is not configured`));
      else if (answered.length === 0)
        findings.push(
          dataFinding('NoData', `${subject} has no data for the running version, check its labels and traffic`),
        );
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof TerminalError)) throw error;
      findings.push(dataFinding('SourceUnavailable', `${subject}: ${error.message}`));
    }
  }
  return findings;
}

function dataFinding(reason: string, message: string): PreflightFinding {
  return { severity: 'error', target: null, reason, message };
}
