import { type Lab, LabUnavailable, startLab } from '../../../lab/lab.ts';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createKubernetesApi, kubeconfigAccess } from '../../../src/adapters/kubernetes/index.ts';
import { startDriver } from '../../contract/who-writes-what/driver.ts';
import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';

/** A lab of our own, reached as production reaches a cluster. */
export interface MeasuredLab extends DrivenWorld {
  stop(): Promise<void>;
}

/** Starts a lab. @throws LabUnavailable without Go */
export async function startMeasuredLab(log: (line: string) => void): Promise<MeasuredLab> {
  const lab: Lab = await startLab({ log });
  const clock = createSystemClock();
  const access = await kubeconfigAccess({ path: lab.kubeconfigPath, context: 'lab' });
  const api = createKubernetesApi({ cluster: 'lab', access, clock });
  const driver = startDriver(api, clock);
  return {
    api,
    clock,
    driver,
    async stop() {
      await driver.stop();
      await api.close();
      await lab.stop();
    },
  };
}

export { LabUnavailable };
