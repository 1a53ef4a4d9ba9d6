import { expect, test } from 'vitest';
import { reportOf } from '../../../../src/cli/doctor/report.ts';
import { reportLines } from '../../../../src/cli/doctor/report-lines.ts';
import { findingsOf } from '../../../../src/controller/checkup/finding.ts';

const server = findingsOf('api server');
const rights = findingsOf('rights');

test('a report ends with its errors, and each says what to do', () => {
  const missing = rights.error('RightMissing', 'the credentials in use may not list pods', 'run tidegate install');
  const report = reportOf([
    {
      kind: 'cluster',
      name: 'eu',
      tookMs: 5,
      findings: [missing, server.ok('ApiServerAnswers', 'v1.34.1 answers in 3 ms')],
    },
    {
      kind: 'hub',
      name: 'context hub',
      tookMs: 5,
      findings: [server.warning('ApiServerOld', 'v1.20.0', 'upgrade it')],
    },
    {
      kind: 'source',
      name: 'prom',
      tookMs: 5,
      findings: [findingsOf('server').ok('SourceAnswers', 'answers in 1 ms')],
    },
  ]);
  expect(report).toMatchObject({ ok: false, errors: 1, warnings: 1 });
  expect(reportLines(report).join('\n')).toBe(`hub: context hub
  warning  api server  ApiServerOld: v1.20.0
                       → upgrade it

source prom
  ok       server      answers in 1 ms

cluster eu
  ok       api server  v1.34.1 answers in 3 ms
  error    rights      RightMissing: the credentials in use may not list pods
                       → run tidegate install

1 cluster, 1 metric source: 1 error, 1 warning`);
});
