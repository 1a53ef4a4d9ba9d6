import { describe, expect, test } from 'vitest';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { files, good, type Part } from './example.ts';
import { issuesOf } from './issues-of.ts';

const second = (text: string): string => `${text}---\n${text}`;
const other = (from: string, to: string, part: Part): string => good[part].replace(from, to);

interface Misfit {
  readonly changed: Partial<Record<Part, string>>;
  /** `line:column path: message` of every issue. */
  readonly says: readonly string[];
}

const misfits: Readonly<Record<string, Misfit>> = {
  'two documents of a kind with one name': {
    changed: { pool: good.pool + '---\n' + other('namespace: pool-free', 'namespace: pool-two', 'pool') },
    says: ['8:19 metadata.name: Pool "free-eu" is declared already, at pool.yaml:3'],
  },
  'two tenants with one id': {
    changed: {
      tenant:
        good.tenant + '---\n' + other('name: acme', 'name: globex', 'tenant').replace('tier:', 'id: acme\n  tier:'),
    },
    says: ['13:7 spec.id: tenant id "acme" is that of tenant "acme" already, at tenant.yaml:4'],
  },
  'a pool that is not there': {
    changed: { tenant: other('pool: free-eu', 'pool: fre-eu', 'tenant') },
    says: ['7:11 spec.placements[0].pool: unknown pool "fre-eu"; did you mean "free-eu"?'],
  },
  'a cluster that is not there': {
    changed: { pool: other('cluster: shared', 'cluster: sharde', 'pool') },
    says: ['4:18 spec.cluster: unknown cluster "sharde"; did you mean "shared"?'],
  },
  'a metric source that is not there': {
    changed: { cluster: other('metrics: prom', 'metrics: thanos', 'cluster') },
    says: ['4:47 spec.metrics: unknown metric source "thanos"; known are prom'],
  },
  'a workload and a plan that are not there': {
    changed: {
      release: other('workload: storefront', 'workload: storfront', 'release').replace('plan: tiers', 'plan: tires'),
    },
    says: [
      '5:13 spec.workload: unknown workload "storfront"; did you mean "storefront"?',
      '6:9 spec.plan: unknown wave plan "tires"; did you mean "tiers"?',
    ],
  },
  'a placement for a workload that is not there': {
    changed: { tenant: other('pool: free-eu', 'pool: free-eu\n    workloads: [api]', 'tenant') },
    says: ['8:16 spec.placements[0].workloads: unknown workload "api"; known are storefront'],
  },
  'a freeze of a tenant that is not there': {
    changed: {
      release: `${good.release}---\napiVersion: tidegate.dev/v1alpha1\nkind: Freeze\nmetadata: { name: f }\nspec: { scope: { tenant: acne }, reason: sale, by: ann }\n`,
    },
    says: ['15:26 spec.scope.tenant: unknown tenant "acne"; did you mean "acme"?'],
  },
  'a namespace claimed by a pool and by a tenant': {
    changed: { tenant: other('- pool: free-eu', '- { cluster: shared, namespace: pool-free }', 'tenant') },
    says: [
      '7:35 spec.placements[0].namespace: namespace "pool-free" of cluster "shared" is taken by pool "free-eu"; tenants that share a deployment are placed in a pool',
    ],
  },
  'a digest for a container that is not there': {
    changed: {
      release: other(
        '      app:',
        '      ap: registry.example/app@sha256:' + 'b'.repeat(64) + '\n      app:',
        'release',
      ),
    },
    says: ['10:7 spec.version.images.ap: workload "storefront" has no container "ap"; did you mean "app"?'],
  },
  'a container without any image': {
    changed: { workload: other('- name: app\n', '- name: app\n          - name: proxy\n', 'workload') },
    says: ['9:5 spec.version.images: no image for container "proxy", and its template has none either'],
  },
  'a container that stays on a tag': {
    changed: {
      workload: other('- name: app\n', '- name: app\n          - { name: proxy, image: "envoy:1" }\n', 'workload'),
    },
    says: [
      '9:5 spec.version.images: no image for container "proxy", and its template has none to rely on: image "envoy:1" has the tag "1", which can be moved; expected an image pinned by digest, name@sha256:<64 hex digits>',
    ],
  },
  'a container that stays on a pinned image': {
    changed: {
      workload: other(
        '- name: app\n',
        `- name: app\n          - { name: proxy, image: "envoy@sha256:${'c'.repeat(64)}" }\n`,
        'workload',
      ),
    },
    says: [],
  },
  'a tier that nothing provides for': {
    changed: { tenant: other('tier: free', 'tier: gold', 'tenant') },
    says: [
      '9:22 spec.rollback.order: tier "gold" has tenants and is missing in the order',
      '7:7 spec.source.generate.replicas: tier "gold" has tenants and no value here; give it one, or a "default"',
      '16:5 spec.slos[0].objective: tier "gold" has tenants and no value here; give it one, or a "default"',
    ],
  },
  'a tier without a latency bound': {
    changed: {
      workload: other('    good: good\n    total: all\n', '    histogram: h\n    below: { gold: 1s }\n', 'workload'),
    },
    says: ['15:5 spec.slos[0].below: tier "free" has tenants and no value here; give it one, or a "default"'],
  },
  'a default that provides for every tier': {
    changed: {
      workload: other('{ free: "0.990" }', '{ default: "0.990" }', 'workload').replace('{ free: 2 }', '{ default: 2 }'),
    },
    says: [],
  },
  'a wave of a tier that the order does not know': {
    changed: { plan: other('select: { tier: free }', 'select: { tiers: [free], not: { tier: fere } }', 'plan') },
    says: ['7:35 spec.waves[0].select.not: tier "fere" is missing in rollback.order; did you mean "free"?'],
  },
  'a bake shorter than the window and two scrapes': {
    changed: { plan: other('    steps', '    bake: { step: 2m }\n    steps', 'plan') },
    says: [
      '8:19 spec.waves[0].bake.step: expected at least 2m30s (analysis.window 2m + 2 × scrapeInterval 15s of metric source "prom"), got 2m',
    ],
  },
  'a bake just long enough': {
    changed: { plan: other('    steps', '    bake: { step: 2m30s }\n    steps', 'plan') },
    says: [],
  },
  'a window that the default bake cannot hold': {
    changed: { plan: other('    steps', '    analysis: { window: 10m }\n    steps', 'plan') },
    says: [
      '6:5 spec.waves[0].bake.step: expected at least 10m30s (analysis.window 10m + 2 × scrapeInterval 15s of metric source "prom"), got 5m',
    ],
  },
  'a name that was refused is not missed a second time': {
    changed: { cluster: other('metrics: prom', 'metrics: prom, color: red', 'cluster') },
    says: ['4:53 spec.color: unknown field "color"; known are access, metrics'],
  },
};

describe('documents that do not fit together', () => {
  test('the small inventory has no mistake', () => {
    expect(issuesOf({})).toEqual([]);
  });

  test.each(Object.entries(misfits))('%s', (_, { changed, says }) => {
    expect(issuesOf(changed)).toEqual(says);
  });

  test('all issues of all files come at once, sorted by file and line, with the files named', () => {
    const broken = files({
      tenant: good.tenant.replace('tier: free', 'teir: free'),
      plan: good.plan.replace('[10, 50]', '[50, 10]').replace('order: [free]', 'order: []'),
      pool: 'kind: [',
    });
    expect(() => loadInventory(broken)).toThrow(InvalidInput);
    expect(() => loadInventory(broken)).toThrow(
      [
        'plan.yaml:8:17 spec.waves[0].steps[1]: weights must rise: expected more than 50, got 10',
        'plan.yaml:9:22 spec.rollback.order: expected the tiers, most valuable first',
        'pool.yaml:1:8 not YAML: ',
      ].join('\n'),
    );
    expect(() => loadInventory(broken)).toThrow(
      'tenant.yaml:5:3 spec.teir: unknown field "teir"; did you mean "tier"?',
    );
    expect(() => loadInventory(broken)).toThrow('tenant.yaml:4:1 spec.tier: missing, expected letters');
  });

  test('a document given twice is named by file and line, whichever file comes first', () => {
    const twice = [...files(), { path: 'zzz.yaml', text: good.pool }];
    for (const order of [twice, [...twice].reverse()]) {
      expect(() => loadInventory(order)).toThrow(
        'zzz.yaml:3:19 metadata.name: Pool "free-eu" is declared already, at pool.yaml:3',
      );
    }
    expect(issuesOf({ pool: second(good.pool) })[0]).toContain('declared already');
  });
});
