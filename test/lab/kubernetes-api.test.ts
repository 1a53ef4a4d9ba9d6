import { describe, inject } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createKubernetesApi, kubeconfigAccess } from '../../src/adapters/kubernetes/index.ts';
import { describeKubernetesApi } from '../contract/kubernetes-api/suite.ts';
import { argoOf } from './lab-control.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('the port, against the real thing', () => {
  describeKubernetesApi('a real API server, through the adapter', async () => {
    if (lab === null) throw new Error('there is no lab');
    const argo = argoOf(lab);
    await argo.stop();
    const clock = createSystemClock();
    const access = await kubeconfigAccess({ path: lab.kubeconfigPath, context: 'lab' });
    const api = createKubernetesApi({ cluster: 'lab', access, clock });
    return {
      api,
      clock,
      // The server served Rollouts only after it had written other things.
      expiredVersion: async () => '1',
      stop: async () => {
        await api.close();
        await argo.start();
      },
    };
  });
});
