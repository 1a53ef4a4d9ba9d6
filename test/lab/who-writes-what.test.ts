import { describe, inject } from 'vitest';
import { describeWhoWritesWhat } from '../contract/who-writes-what/suite.ts';
import { connectLab } from './connected-lab.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('who writes what, against the real thing', () => {
  describeWhoWritesWhat('a real API server and controller', async () => {
    const { api, clock } = await connectLab(lab);
    return { api, clock, stop: () => api.close() };
  });
});
