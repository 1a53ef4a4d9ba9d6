import type { Plan } from '../../src/domain/plan.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import type { TargetRun } from '../../src/domain/target-run.ts';
import { instant } from '../../src/domain/time.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { JsonPatchOperation, KubernetesObject, ObjectRef } from '../../src/ports/kubernetes-api.ts';
import type { SourceFault } from './model-source.ts';
import { type OperatedFleet, operatedFleet } from './operated-fleet.ts';
import { createSimulatedWorld, type DaemonOptions, HUB, NAMESPACE, type SimulatedWorld } from './simulated-world.ts';

/** What the traffic of the new version and its measuring look like; a scenario changes it while it runs. */
export interface Weather {
  /** Share of bad events of the new version, 0…1, by tenant. */
  badRatio: (tenantId: string) => number;
  source: SourceFault;
}

/** A world in which one person tries things. */
export interface OperatedWorld {
  readonly sim: SimulatedWorld;
  readonly weather: Weather;
  readonly daemon: ReturnType<SimulatedWorld['startDaemon']>;
  status(release?: string): ReleaseStatus;
  run(cluster: string, namespace: string): TargetRun | undefined;
  runs(): readonly TargetRun[];
  waveRun(wave: string): KubernetesObject;
  rollout(cluster: string, namespace: string): KubernetesObject | undefined;
  /** `b Healthy 3/3`, or `gone`. */
  look(cluster: string, namespace: string): string;
  until(what: () => boolean, limitMs?: number): Promise<boolean>;
  untilPhase(...phases: readonly string[]): Promise<string>;
  pausedAt(cluster: string, namespace: string, step: number): boolean;
  patch(
    cluster: string,
    namespace: string,
    operations: readonly JsonPatchOperation[],
    isStatus?: boolean,
  ): Promise<void>;
  make(kind: 'Rollback' | 'Freeze' | 'Approval', name: string, spec: Record<string, unknown>): Promise<void>;
  release(name: string, character: string, minutes?: object): Promise<void>;
  /** `reason: message` of what is waited for. */
  waits(release?: string): readonly string[];
  story(release?: string): readonly string[];
}

/** Starts a fleet on version `a`, a daemon, and the release `app-2` to version `b`. */
export async function operate(
  options: Partial<OperatedFleet> & { readonly daemon?: DaemonOptions; readonly start?: boolean } = {},
): Promise<OperatedWorld> {
  const fleet = operatedFleet(options);
  const weather: Weather = { badRatio: () => 0.001, source: 'none' };
  const sim = await createSimulatedWorld({
    seed: 1,
    files: fleet.files,
    baseline: { name: '1', images: { app: fleet.image('a') } },
    workload: 'app',
    wavePlan: 'plan',
    behaviour: {
      badRatio: (tenantId, image) => (image === fleet.image('b') ? weather.badRatio(tenantId) : 0.001),
      requestsPerSecond: () => 40,
      fault: () => weather.source,
    },
  });
  const refOf = (namespace: string): ObjectRef => ({ kind: kinds.rollout, namespace, name: 'app' });
  const rollout = (cluster: string, namespace: string) => sim.world.store(cluster).get(refOf(namespace));
  const status = (release = 'app-2') => sim.status(release)!;
  const world: OperatedWorld = {
    sim,
    weather,
    daemon: sim.startDaemon(options.daemon),
    status,
    run: (cluster, namespace) => world.runs().find((one) => one.target === `${cluster}/${namespace}/app`),
    runs: () =>
      sim.world
        .store(HUB)
        .list(kinds.waveRun, { namespace: NAMESPACE })
        .items.flatMap((object) => (object['status'] as { targets?: TargetRun[] } | undefined)?.targets ?? []),
    waveRun: (wave) =>
      sim.world
        .store(HUB)
        .list(kinds.waveRun, { namespace: NAMESPACE })
        .items.find((object) => (object['spec'] as { wave: string }).wave === wave)!,
    rollout,
    look(cluster, namespace) {
      const object = rollout(cluster, namespace);
      if (object === undefined) return 'gone';
      const spec = object['spec'] as { template: { spec: { containers: { image: string }[] } } };
      const { phase } = object['status'] as { phase?: string };
      return `${spec.template.spec.containers[0]!.image.slice(-1)} ${phase}`;
    },
    until: (what, limitMs = 30 * 60_000) => sim.clock.runUntil(what, instant(sim.clock.now() + limitMs)),
    async untilPhase(...phases) {
      await world.until(() => phases.includes(sim.status('app-2')?.phase ?? ''));
      return sim.status('app-2')?.phase ?? 'none';
    },
    pausedAt(cluster, namespace, step) {
      const object = rollout(cluster, namespace);
      const { pauseConditions, currentStepIndex } = (object?.['status'] ?? {}) as Record<string, unknown>;
      return pauseConditions !== undefined && currentStepIndex === 2 * step + 1;
    },
    async patch(cluster, namespace, operations, isStatus = false) {
      const options = isStatus
        ? ({ fieldManager: 'stranger', subresource: 'status' } as const)
        : { fieldManager: 'stranger' };
      await sim.world.api(cluster).patch(refOf(namespace), operations, options);
    },
    async make(kind, name, spec) {
      const object = { apiVersion: 'tidegate.dev/v1alpha1', kind, metadata: { name, namespace: NAMESPACE }, spec };
      const ofKind = { Rollback: kinds.rollback, Freeze: kinds.freeze, Approval: kinds.approval }[kind];
      await sim.hub.create(object, ofKind, { fieldManager: 'kubectl' });
    },
    release: (name, character) => sim.createRelease(fleet.release(name, character)),
    waits: (release = 'app-2') => (sim.status(release)?.waitingFor ?? []).map((one) => `${one.reason}: ${one.message}`),
    story: (release) => status(release).timeline.map((one) => `${one.reason}: ${one.message}`),
  };
  if (options.start !== false) await world.release('app-2', 'b');
  return world;
}

/** A person asks for a release to be taken back. */
export function askBack(world: OperatedWorld, name: string, scope: 'inFlight' | 'wave' | 'release', release = 'app-2') {
  return world.make('Rollback', name, { release, scope, reason: 'customers call', by: 'ana' });
}

/** The plan's hash as the status names it. */
export function planHashOf(world: OperatedWorld): Plan['hash'] {
  return world.status().planHash ?? '';
}
