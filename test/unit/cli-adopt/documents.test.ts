import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../src/cli/adopt/adoption-outcome.ts';
import { adoptionWarnings } from '../../../src/cli/adopt/adoption-warnings.ts';
import { adoptLine, nextSteps, takeOverSteps } from '../../../src/cli/adopt/next-steps.ts';
import { takeOverRollout } from '../../../src/cli/adopt/take-over-rollout.ts';
import { workloadDocument } from '../../../src/cli/adopt/workload-document.ts';
import { parseDocument } from '../../../src/config/parse-document.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';

const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'Helm' }, generation: 3 },
  spec: {
    replicas: 3,
    revisionHistoryLimit: 10,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
  },
  status: { replicas: 3 },
};

const reference: KubernetesObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop', generation: 1 },
  spec: {
    replicas: 3,
    workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    strategy: { canary: {} },
  },
  status: { phase: 'Healthy', observedGeneration: '1', currentPodHash: 'h1', stableRS: 'h1' },
};

const idle = { ...deployment, spec: { ...(deployment['spec'] as object), replicas: 0 }, status: {} };

describe('the Workload that is printed', () => {
  it('is one that Tidegate takes', () => {
    const document = workloadDocument({ workload: 'shop', rollout: 'web', containers: ['app'], replicas: 3 });
    const reading = parseDocument(document, 'printed');
    expect(reading).toMatchObject({
      outcome: 'parsed',
      document: {
        value: {
          name: 'shop',
          source: { kind: 'existing', rollout: 'web', containers: { app: 'app' }, replicas: { default: 3 } },
        },
      },
    });
  });

  it('leaves out pods that it does not see', () => {
    const document = workloadDocument({ workload: 'shop', rollout: 'web', containers: ['app'], replicas: 0 });
    expect(JSON.stringify(document)).not.toContain('replicas');
    expect(parseDocument(document, 'printed').outcome).toBe('parsed');
  });
});

describe('the way out for a Deployment', () => {
  it('is a Rollout of its name, selector and limits, without what its maker knows it by', () => {
    expect(takeOverRollout(deployment)).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        replicas: 3,
        revisionHistoryLimit: 10,
        selector: { matchLabels: { app: 'web' } },
        workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' },
        strategy: { canary: { maxSurge: '25%', maxUnavailable: 0 } },
      },
    });
  });

  it('points autoscalers at the Rollout, proves, then drops the Deployment', () => {
    const of = { namespace: 'shop', rollout: 'web', adopt: 'tidegate adopt web -n shop' };
    const steps = takeOverSteps(of, ['web-hpa']);
    expect(steps.map(({ command }) => command)).toEqual([
      'kubectl apply -f rollout.yaml',
      'kubectl -n shop wait rollout/web --for=jsonpath={.status.phase}=Healthy --timeout=10m',
      `kubectl -n shop patch hpa web-hpa --type merge -p '{"spec":{"scaleTargetRef":{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"web"}}}'`,
      'tidegate adopt web -n shop --prove',
      null,
      'kubectl -n shop delete deployment web',
    ]);
    const after = nextSteps('proven', { ...of, deployment: 'web' });
    expect(after.slice(0, 2)).toEqual(steps.slice(-2));
  });
});

describe('the command that is printed', () => {
  const of = { namespace: 'shop', rollout: 'web', workload: null, containers: ['web'] };

  it.each([
    [of, 'tidegate adopt web -n shop'],
    [{ ...of, workload: 'store' }, 'tidegate adopt web -n shop --as store'],
    [{ ...of, containers: ['app'] }, 'tidegate adopt web -n shop --container app'],
    [{ ...of, containers: ['app', 'web'] }, 'tidegate adopt web -n shop --container app web'],
  ])('for %j is %s', (given, line) => {
    expect(adoptLine(given)).toBe(line);
  });
});

describe('before a proof', () => {
  const subject = { workload: 'web', containers: ['app'] };
  const steps = [{ setWeight: 10 }, { analysis: {} }, { pause: {} }, { experiment: {} }];
  const own = (change: object, status: object = {}): KubernetesObject => ({
    ...reference,
    metadata: { ...reference.metadata, ...change },
    spec: { replicas: 3, template: {}, strategy: { canary: { steps } } },
    status: { ...(reference['status'] as object), ...status },
  });

  it.each<[string, Parameters<typeof adoptionWarnings>[0], readonly string[]]>([
    ['gates in its steps are named', { kind: 'rollout', rollout: own({}) }, ['StepsReplaced']],
    [
      'an update under way',
      { kind: 'rollout', rollout: own({}, { currentPodHash: 'h2' }) },
      ['NotStable', 'StepsReplaced'],
    ],
    [
      'a silent controller',
      { kind: 'rollout', rollout: own({ generation: 2 }) },
      ['ControllerSilent', 'StepsReplaced'],
    ],
    [
      'another workload',
      { kind: 'rollout', rollout: own({ annotations: { 'tidegate.dev/adopted': 'other' } }) },
      ['AdoptedByOther', 'StepsReplaced'],
    ],
    ['a Deployment with pods', { kind: 'reference', rollout: reference, deployment }, ['DeploymentServes']],
    ['a Deployment without pods', { kind: 'reference', rollout: reference, deployment: idle }, []],
    ['no Deployment', { kind: 'reference', rollout: reference, deployment: null }, ['NoDeployment']],
  ])('%s', (_, found, reasons) => {
    expect(adoptionWarnings(found, subject).map(({ reason }) => reason)).toEqual(reasons);
  });

  it('a container that the Deployment does not have', () => {
    const found = { kind: 'reference', rollout: reference, deployment: idle } as const;
    expect(adoptionWarnings(found, { ...subject, containers: ['web'] })).toEqual([
      { severity: 'error', reason: 'ContainerMissing', message: 'Deployment web has no container web, it has app' },
    ]);
  });

  it.each([
    [[], 'adopted'],
    [['warning:StepsReplaced'], 'adopted'],
    [['error:NotAdopted', 'warning:StepsReplaced'], 'adoptable'],
    [['error:ForeignWriter', 'error:WorkloadRef'], 'adoptable'],
    [['error:NotAdopted', 'error:NotHealthy'], 'refused'],
  ] as const)('%s is %s', (given, outcome) => {
    const findings = given.map((one) => {
      const [severity, reason] = one.split(':') as ['error' | 'warning', string];
      return { severity, reason, message: '' };
    });
    expect(outcomeOf(findings)).toBe(outcome);
  });
});
