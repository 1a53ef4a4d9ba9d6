import { expect, it } from 'vitest';
import { instant } from '../../src/domain/time.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { seededSpec } from './seeded-spec.ts';
import { createSimulatedWorld, type DaemonWrite } from './simulated-world.ts';

/** A release of the seeded spec under another name and version. */
function another(release: KubernetesObject, name: string, character: string): KubernetesObject {
  const spec = release['spec'] as { version: object };
  const version = { name: character, images: { app: `registry.example/app@sha256:${character.repeat(64)}` } };
  return { ...release, metadata: { name }, spec: { ...spec, version } };
}

it('one release acts on a target at a time: the second waits by name and then goes', async () => {
  const spec = seededSpec(3);
  const sim = await createSimulatedWorld({
    seed: 3,
    files: spec.files,
    baseline: { name: '1', images: { app: spec.oldImage } },
    workload: 'app',
    wavePlan: 'plan',
    behaviour: { badRatio: () => 0.001, requestsPerSecond: () => 40, fault: () => 'none' },
  });
  const writers: string[] = [];
  const onWrite = ({ stage, ref, operations }: DaemonWrite) => {
    if (stage !== 'done' || ref.kind !== kinds.rollout) return;
    const owner = operations.find(
      (operation) =>
        operation.op === 'add' && operation.path.endsWith('~1release') && operation.path.includes('annotations'),
    );
    if (owner !== undefined && 'value' in owner) writers.push(String(owner.value));
  };
  sim.startDaemon({ onWrite });
  await sim.createRelease(spec.release);
  await sim.clock.advance(5_000);
  await sim.createRelease(another(spec.release, 'app-3', 'c'));
  await sim.clock.advance(5_000);
  expect(sim.status('app-3')?.waitingFor).toMatchObject([{ reason: 'AnotherRelease' }]);
  const limit = instant(sim.clock.now() + 600_000);
  await sim.clock.runUntil(() => sim.status('app-3')?.phase === 'Completed', limit);
  expect([sim.status('app-2')?.phase, sim.status('app-3')?.phase]).toEqual(['Completed', 'Completed']);
  expect(writers.indexOf('app-3')).toBe(writers.lastIndexOf('app-2') + 1);
});
