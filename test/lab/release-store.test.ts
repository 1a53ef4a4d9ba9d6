import { describe, inject } from 'vitest';
import { describeReleaseStore } from '../contract/release-store/suite.ts';
import { connectLab } from './connected-lab.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('the release store, against the real thing', () => {
  describeReleaseStore('a real API server, through the adapter', async () => {
    const { api, clock } = await connectLab(lab);
    return { api, clock, stop: () => api.close() };
  });
});
