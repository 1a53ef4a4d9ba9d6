import { describe, inject } from 'vitest';
import { install, installedObjects } from '../../src/cli/installed-objects.ts';
import { createSend } from '../contract/api-answers/http-client.ts';
import { describeApiAnswers } from '../contract/api-answers/suite.ts';
import { connectLab } from './connected-lab.ts';
import { argoOf } from './lab-control.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('answers over HTTP, of the real thing', () => {
  describeApiAnswers('a real API server', async () => {
    const { api, clock } = await connectLab(lab);
    const definitions = installedObjects('unused').filter(({ kind }) => kind === 'CustomResourceDefinition');
    await install(api, clock, definitions);
    await api.close();
    const argo = argoOf(lab!);
    await argo.stop();
    return { send: createSend(lab!.server, lab!.token, lab!.caPath), stop: () => argo.start() };
  });
});
