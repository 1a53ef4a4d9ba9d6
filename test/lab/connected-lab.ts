import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../src/adapters/kubernetes/index.ts';
import { TerminalError } from '../../src/domain/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../src/ports/kubernetes-api.ts';
import type { LabHandle } from './lab-control.ts';

/** The lab, reached as production reaches a cluster. */
export interface ConnectedLab {
  readonly api: ConnectedKubernetesApi;
  readonly clock: Clock;
  /** Makes a namespace that nobody else uses. */
  namespace(prefix: string): Promise<string>;
}

const SERVED_WITHIN_MS = 20_000;

/** Another connection to the lab, under the name of the cluster that it plays; `null` never comes here: such suites are skipped. */
export async function connectLab(lab: LabHandle | null, cluster = 'lab'): Promise<ConnectedLab> {
  if (lab === null) throw new Error('there is no lab');
  const clock = createSystemClock();
  const access = await kubeconfigAccess({ path: lab.kubeconfigPath, context: 'lab' });
  const api = createKubernetesApi({ cluster, access, clock });
  return {
    api,
    clock,
    async namespace(prefix) {
      const name = `${prefix}-${randomUUID().slice(0, 8)}`;
      await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, kinds.namespace, {
        fieldManager: FIELD_MANAGER,
      });
      return name;
    },
  };
}

/** Waits until a kind is served: a definition is accepted a moment before. */
export async function untilServed(api: KubernetesApi, kind: ResourceKind): Promise<void> {
  const limitAtMs = performance.now() + SERVED_WITHIN_MS;
  for (;;) {
    try {
      await api.list(kind, { namespace: 'default', limit: 1 });
      return;
    } catch (error) {
      if (!(error instanceof TerminalError) || performance.now() > limitAtMs) throw error;
      await sleep(50);
    }
  }
}

/** The kind of an object that Tidegate knows. */
export function kindOf(object: KubernetesObject): ResourceKind {
  const found = Object.values<ResourceKind>(kinds).find((kind) => kind.kind === object.kind);
  if (found === undefined) throw new Error(`${object.kind} is no kind of ours`);
  return found;
}
