import { describe, inject } from 'vitest';
import { describeNotifier } from '../contract/notifier/suite.ts';
import { connectLab } from './connected-lab.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('telling, against the real thing', () => {
  describeNotifier('a real API server, through the adapter', async () => {
    const { api, clock } = await connectLab(lab);
    return { api, clock, stop: () => api.close() };
  });
});
