import { describe, expect, it } from 'vitest';
import {
  type DemoResult,
  demoProblems,
  type ReleaseOutcome,
  type WitnessedCluster,
} from '../../../src/cli/demo/outcome.ts';

const good: ReleaseOutcome = {
  name: 'storefront-4.12.0',
  outcome: 'Completed',
  waves: [{ name: 'free', targets: 2, promoted: 2, rolledBack: 0 }],
  tenantsOnNew: 40,
  tenantsOnOld: 0,
  detectedAfterSeconds: null,
  rolledBackAfterSeconds: null,
};
const bad: ReleaseOutcome = {
  name: 'storefront-4.13.0',
  outcome: 'RolledBack',
  waves: [
    { name: 'free', targets: 2, promoted: 2, rolledBack: 2 },
    { name: 'business', targets: 14, promoted: 0, rolledBack: 14 },
  ],
  tenantsOnNew: 0,
  tenantsOnOld: 40,
  detectedAfterSeconds: 5,
  rolledBackAfterSeconds: 1.6,
};
const files = ['a.plan.md', 'a.evidence.md', 'b.plan.md', 'b.evidence.md'];
const lab: WitnessedCluster = { cluster: 'shared-eu', rollouts: 17, healthy: 17, pods: { '4.12.0': 90 } };
const ended = { world: 'lab', kubeconfig: '/tmp/kubeconfig', clusters: [lab] } as const;
const result = (changes: Partial<ReleaseOutcome>, of: 'good' | 'bad'): DemoResult => ({
  ...ended,
  releases: of === 'good' ? [{ ...good, ...changes }, bad] : [good, { ...bad, ...changes }],
  files,
});
const seenByKubectl = (changes: Partial<WitnessedCluster>): DemoResult => ({
  ...ended,
  releases: [good, bad],
  clusters: [lab, { ...lab, ...changes }],
  files,
});

describe('the demo', () => {
  it('is as it should be when both releases ended as told', () => {
    expect(demoProblems({ ...ended, releases: [good, bad], files })).toEqual([]);
  });

  it.each([
    ['the good release did not complete', result({ outcome: 'RolledBack' }, 'good'), 'ended RolledBack'],
    ['a tenant missed the good release', result({ tenantsOnOld: 1 }, 'good'), '1 tenants are not on'],
    ['the bad release completed', result({ outcome: 'Completed' }, 'bad'), 'ended Completed'],
    ['a tenant is left on the bad release', result({ tenantsOnNew: 1 }, 'bad'), '1 tenants are still on'],
    ['no promoted target was taken back', result({ waves: bad.waves.slice(1) }, 'bad'), 'promoted and taken back'],
    [
      'a promoted target stayed',
      result({ waves: [{ ...bad.waves[0]!, rolledBack: 1 }] }, 'bad'),
      'promoted and taken back',
    ],
    ['the harm was not seen', result({ detectedAfterSeconds: null }, 'bad'), 'nobody saw'],
    ['a target was not seen Healthy again', result({ rolledBackAfterSeconds: null }, 'bad'), 'seen Healthy again'],
    ['kubectl sees a Rollout that is not Healthy', seenByKubectl({ healthy: 16 }), '16 of 17 Rollouts are Healthy'],
    ['kubectl sees a pod of the bad version', seenByKubectl({ pods: { '4.12.0': 89, '4.13.0': 1 } }), '4.12.0, 4.13.0'],
    ['kubectl sees no pod', seenByKubectl({ pods: {} }), 'kubectl says of cluster shared-eu'],
    ['a document is missing', { ...ended, releases: [good, bad], files: files.slice(1) }, '3 files'],
    ['only one release was played', { ...ended, releases: [good], files }, 'two releases'],
  ])('is not as it should be when %s', (_, given, told) => {
    const problems = demoProblems(given);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(told);
  });
});
