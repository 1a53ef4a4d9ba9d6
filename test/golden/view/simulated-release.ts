import { createHubStore } from '../../../src/adapters/hub/hub-store.ts';
import type { ReleaseView } from '../../../src/cli/view/release-view.ts';
import type { InputFile } from '../../../src/config/yaml-documents.ts';
import type { MeasuredSlo } from '../../../src/domain/plan.ts';
import type { ReleaseStatus } from '../../../src/domain/release-status.ts';
import { type Instant, instant } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { exampleFiles, exampleRelease } from '../../simulation/example.ts';
import { createSimulatedWorld, NAMESPACE, type SimulatedWorld } from '../../simulation/simulated-world.ts';

const BASELINE = 'registry.example/storefront@sha256:6a6a143257d62bef1c142981bec7e1f18e6aad5654718b8b9da9eddf760e8a57';
const BAD_DIGEST = '7ec77b9c';

/** A release of the worked example on virtual time, to be looked at in any moment. */
export interface SimulatedRelease {
  readonly world: SimulatedWorld;
  /** Lets time pass until the status is so. @throws Error when it is not within ten minutes */
  until(what: string, isThere: (status: ReleaseStatus) => boolean, extraMs?: number): Promise<void>;
  /** What a command would see now. */
  view(): Promise<ReleaseView>;
  create(kind: 'Approval' | 'Freeze', name: string, spec: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Starts the release of a version; `edit` changes the wave plan's text. */
export async function simulateRelease(
  version: string,
  edit: (text: string) => string = (text) => text,
): Promise<SimulatedRelease> {
  const files: readonly InputFile[] = exampleFiles().map((file) =>
    file.path === 'quick.yaml' ? { ...file, text: edit(file.text) } : file,
  );
  const world = await createSimulatedWorld({
    seed: 7,
    files,
    baseline: { name: '4.11.0', images: { app: BASELINE } },
    workload: 'storefront',
    wavePlan: 'quick',
    behaviour: { badRatio, requestsPerSecond: () => 60, fault: () => 'none' },
    loseCommands: false,
  });
  world.startDaemon();
  await world.createRelease(exampleRelease(version));
  const name = `storefront-${version}`;
  const { clock, hub } = world;
  const store = createHubStore({ api: hub, namespace: NAMESPACE, clock, random: () => 0, report: () => {} });
  const status = () => world.status(name);
  const now = (): Instant => clock.now();
  return {
    world,
    async until(what, isThere, extraMs = 0) {
      const limitAt = instant(now() + 600_000);
      const isSo = () => {
        const current = status();
        return current !== null && isThere(current);
      };
      await clock.runUntil(isSo, limitAt);
      if (!isSo()) throw new Error(`never came to: ${what}`);
      await clock.runUntil(instant(now() + extraMs));
    },
    async view() {
      const current = status();
      const plan = current?.planHash == null ? null : await store.loadPlan(name, current.planHash);
      return {
        release: name,
        workload: 'storefront',
        version,
        plan,
        status: current,
        runs: plan === null ? [] : (await store.openRuns(plan)).runs,
        versionNames: new Map([[BASELINE, '4.11.0']]),
        now: now(),
        podReadyMs: 1_000,
      };
    },
    async create(kind, objectName, spec) {
      const resource = kind === 'Approval' ? kinds.approval : kinds.freeze;
      const object = {
        apiVersion: 'tidegate.dev/v1alpha1',
        kind,
        metadata: { name: objectName, namespace: NAMESPACE },
        spec,
      };
      await hub.create(object, resource, { fieldManager: 'kubectl' });
    },
  };
}

/** Business tenants mind 4.13.0, free ones do not. */
function badRatio(tenantId: string, image: string, slo: MeasuredSlo): number {
  const isHurt = image.includes(BAD_DIGEST) && isBusiness(tenantId) && slo.kind === 'latency';
  return isHurt ? 0.31 : 0.0001;
}

function isBusiness(tenantId: string): boolean {
  const number = Number(tenantId.slice(2));
  return number >= 124 && number <= 137;
}
