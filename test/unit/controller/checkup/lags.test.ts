import { expect, test } from 'vitest';
import { judgeLags, type Lag } from '../../../../src/controller/checkup/lags.ts';

const lags = (change: Lag['change'], ...times: readonly number[]): readonly Lag[] =>
  times.map((ms) => ({ change, ms, nudges: ms > 1_000 ? 1 : 0 }));

test.for([
  {
    when: 'both are quick',
    of: [...lags('template', 60, 80, 90), ...lags('replicaSet', 5)],
    told: ['ok ControllerQuick', 'ok ReplicaSetsQuick'],
    says: ['80 ms at p50, 90 ms at most, over 3 changes', ''],
  },
  {
    when: 'one change was lost',
    of: [...lags('template', 60, 80), ...lags('abort', 1_400), ...lags('replicaSet', 5)],
    told: ['ok ControllerQuick', 'ok ReplicaSetsQuick'],
    says: ['1400 ms at most, over 3 changes, 1 of them only after a nudge', ''],
  },
  {
    when: 'Argo is slow',
    of: [...lags('resume', 900, 1_500, 2_600), ...lags('replicaSet', 5)],
    told: ['warning ControllerSlow', 'ok ReplicaSetsQuick'],
    says: ['1500 ms at p50', '--qps and --burst of the Argo Rollouts controller'],
  },
  {
    when: 'one change stood in a queue',
    of: [...lags('resume', 60, 80, 5_974), ...lags('replicaSet', 5)],
    told: ['warning ControllerSlow', 'ok ReplicaSetsQuick'],
    says: ['80 ms at p50, 5974 ms at most', '--qps'],
  },
  {
    when: 'the controller-manager is slow',
    of: [...lags('resume', 60), ...lags('replicaSet', 3_000, 4_000)],
    told: ['ok ControllerQuick', 'warning ReplicaSetsSlow'],
    says: ['a new ReplicaSet is taken after 3000 ms', '--kube-api-qps'],
  },
])('$when', ({ of, told, says: [message, remedy] }) => {
  const findings = judgeLags(of);
  expect(findings.map(({ level, reason }) => `${level} ${reason}`)).toEqual(told);
  expect(findings.map((finding) => finding.message).join('\n')).toContain(message);
  expect(findings.map((finding) => finding.remedy ?? '').join('\n')).toContain(remedy);
});
