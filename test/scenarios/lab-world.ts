import type { Lab } from '../../lab/lab.ts';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createKubernetesApi, kubeconfigAccess } from '../../src/adapters/kubernetes/index.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import type { World } from './world.ts';

/** The real controller loses a command now and then, on a busy machine above all. */
const nudgeAfterMs = 6_000;

/** A world that holds a connection. */
export interface ConnectedWorld extends World {
  close(): Promise<void>;
}

/** The running lab as a world, reached as production reaches a cluster; namespaces carry the process id, so that two recorders do not meet. */
export async function connectToLab(lab: {
  readonly kubeconfigPath: string;
  readonly argo: Pick<Lab['argo'], 'start' | 'stop'>;
}): Promise<ConnectedWorld> {
  const clock = createSystemClock();
  const access = await kubeconfigAccess({ path: lab.kubeconfigPath, context: null });
  const api = createKubernetesApi({ cluster: 'lab', access, clock });
  let count = 0;
  return {
    name: 'lab',
    api,
    nudgeAfterMs,
    async namespace() {
      count += 1;
      const name = `scenario-${process.pid}-${count}`;
      const object: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await api.create(object, kinds.namespace, { fieldManager: 'tidegate' });
      return name;
    },
    stopArgo: () => lab.argo.stop(),
    startArgo: () => lab.argo.start(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    now: () => clock.now(),
    close: () => api.close(),
  };
}
