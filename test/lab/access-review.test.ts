import { afterAll, describe, inject } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { describeAccessReview, describeStranger } from '../contract/access-review/suite.ts';
import { connectLab } from './connected-lab.ts';
import { type LabUser, newUser, withToken } from './service-account.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('reviews, by the real thing', () => {
  describeAccessReview('a real API server with RBAC, through the adapter', async () => {
    const connected = await connectLab(lab);
    const { api } = connected;
    const namespace = await connected.namespace('reviews');
    const createRole = (name: string, verbs: string, resource: string) => {
      const rights = [`--verb=${verbs}`, `--resource=${resource}`];
      return kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['-n', namespace, 'create', 'role', name, ...rights]);
    };
    await createRole('reader', 'get,watch', 'rollouts.argoproj.io');
    await createRole('labeller', 'patch', 'services');
    const reader = await newUser(lab!, namespace, 'Role/reader', 'Role/labeller');
    return {
      admin: { name: 'lab-admin', token: lab!.token, api },
      reader,
      namespace,
      stop: async () => {
        await Promise.all([api.close(), reader.stop()]);
      },
    };
  });

  const strangers: LabUser[] = [];
  afterAll(() => Promise.all(strangers.map((one) => one.stop())));
  describeStranger('a real API server', async (token) => {
    const stranger = await withToken(lab!, token, 'nobody');
    strangers.push(stranger);
    return stranger.api;
  });
});
