import { describe, expect, test } from 'vitest';
import { good, type Part } from './example.ts';
import { issuesOf } from './issues-of.ts';

/** What a person wrote instead of a part's text, and the one line that must come back. */
interface Mistake {
  readonly part: Part;
  readonly replace: string;
  readonly by: string;
  /** `line:column path: message`, the message in full or, with `…` at its end, its beginning. */
  readonly says: string;
}

const digest = `@sha256:${'a'.repeat(64)}`;

const mistakes: Readonly<Record<string, Mistake>> = {
  'an unknown field': {
    part: 'tenant',
    replace: '  tier: free',
    by: '  teir: free\n  tier: free',
    says: '5:3 spec.teir: unknown field "teir"; did you mean "tier"?',
  },
  'an unknown field with no near name': {
    part: 'pool',
    replace: 'namespace: pool-free',
    by: 'namespace: pool-free, colour: red',
    says: '4:48 spec.colour: unknown field "colour"; known are cluster, namespace',
  },
  'an unknown field of metadata': {
    part: 'tenant',
    replace: 'labels: { region',
    by: 'lables: { region',
    says: '3:25 metadata.lables: unknown field "lables"; did you mean "labels"?',
  },
  'an unknown kind': {
    part: 'tenant',
    replace: 'kind: Tenant',
    by: 'kind: Tennant',
    says: '2:7 kind: unknown kind "Tennant"; did you mean "Tenant"?',
  },
  'a kind of Kubernetes': {
    part: 'pool',
    replace: 'tidegate.dev/v1alpha1\nkind: Pool',
    by: 'apps/v1\nkind: Deployment',
    says: '2:7 kind: apps/v1 Deployment is no kind of ours; known kinds of tidegate.dev/v1alpha1 are MetricSource, Cluster, Pool, Tenant, Workload, WavePlan, Release, Approval, Freeze, Rollback, Webhook, PlanSlice, WaveRun',
  },
  'no kind at all': {
    part: 'pool',
    replace: 'kind: Pool\n',
    by: '',
    says: '1:1 kind: missing, expected a kind; known kinds of…',
  },
  'a version of ours that is not there': {
    part: 'pool',
    replace: 'v1alpha1',
    by: 'v1beta1',
    says: '1:13 apiVersion: expected "tidegate.dev/v1alpha1", got "tidegate.dev/v1beta1"',
  },
  'a kind that only the daemon writes': {
    part: 'pool',
    replace: good.pool,
    by: 'apiVersion: tidegate.dev/v1alpha1\nkind: PlanSlice\nmetadata: { name: p }\nspec: { release: v2, planHash: h, index: 0, count: 1, part: "{}" }\n',
    says: '2:7 kind: PlanSlice is written by the daemon only: take it out of the files',
  },
  'a document that is a list': {
    part: 'release',
    replace: good.release,
    by: '- a\n- b\n',
    says: '1:1 : expected a document with apiVersion, kind, metadata and spec, got a list',
  },
  'not YAML': {
    part: 'release',
    replace: 'spec:\n',
    by: 'spec: [\n',
    says: '5:13 : not YAML: implicit keys need to be on a single line',
  },
  'a key twice': {
    part: 'tenant',
    replace: '  tier: free',
    by: '  tier: free\n  tier: business',
    says: '6:3 : not YAML: map keys must be unique',
  },
  'an alias that leads nowhere': {
    part: 'release',
    replace: 'plan: tiers',
    by: 'plan: *nobody',
    says: '1:1 : not YAML: unresolved alias (the anchor must be set before the alias): nobody',
  },
  'an alias of its own parent': {
    part: 'workload',
    replace: '      template:\n        spec:\n',
    by: '      template: &self\n        again: *self\n        spec:\n',
    says: '1:1 : not YAML: nested deeper than 100 levels, or inside itself',
  },
  'lists nested without end': {
    part: 'release',
    replace: 'plan: tiers',
    by: `plan: ${'['.repeat(101)}${']'.repeat(101)}`,
    says: '1:1 : not YAML: nested deeper than 100 levels, or inside itself',
  },
  'a name with capitals': {
    part: 'pool',
    replace: 'name: free-eu',
    by: 'name: Free_EU',
    says: '3:19 metadata.name: expected a name of lower case letters, digits, "-" and ".", at most 63 long, got "Free_EU"',
  },
  'no metadata': {
    part: 'release',
    replace: 'metadata: { name: v2 }\n',
    by: '',
    says: '1:1 metadata: missing, expected a map',
  },
  'a version that YAML reads as a number': {
    part: 'release',
    replace: 'name: "2"',
    by: 'name: 4.11',
    says: '8:11 spec.version.name: expected text, got 4.11; put it in quotes',
  },
  'a tenant without a place': {
    part: 'tenant',
    replace: '  placements:\n  - pool: free-eu\n',
    by: '  placements: []\n',
    says: '6:15 spec.placements: a tenant needs a place: expected {pool: …} or {cluster: …, namespace: …}',
  },
  'a tenant without placements': {
    part: 'tenant',
    replace: '  placements:\n  - pool: free-eu\n',
    by: '',
    says: '4:1 spec.placements: missing, expected at least one placement, {pool: …} or {cluster: …, namespace: …}',
  },
  'a placement in a pool and in a cluster': {
    part: 'tenant',
    replace: '- pool: free-eu',
    by: '- { pool: free-eu, cluster: shared }',
    says: '7:5 spec.placements[0]: expected exactly one of pool, cluster and namespace',
  },
  'a cluster without a namespace': {
    part: 'tenant',
    replace: '- pool: free-eu',
    by: '- cluster: shared',
    says: '7:5 spec.placements[0]: expected exactly one of pool, cluster and namespace',
  },
  'a tier called default': {
    part: 'tenant',
    replace: 'tier: free',
    by: 'tier: default',
    says: '5:9 spec.tier: a tier cannot be called "default": that word serves all other tiers',
  },
  'a weight below nothing': {
    part: 'tenant',
    replace: '  tier: free',
    by: '  weight: -1\n  tier: free',
    says: '5:11 spec.weight: expected at least 0, got -1',
  },
  'a hold until a day that is not there': {
    part: 'tenant',
    replace: '  tier: free',
    by: '  hold: { version: "1", reason: freeze, until: 2026-02-30 }\n  tier: free',
    says: '5:48 spec.hold.until: no such day or time: "2026-02-30"',
  },
  'a hold until some words': {
    part: 'tenant',
    replace: '  tier: free',
    by: '  hold: { version: "1", reason: freeze, until: christmas }\n  tier: free',
    says: '5:48 spec.hold.until: expected a day such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z, got "christmas"',
  },
  'an objective above 1': {
    part: 'workload',
    replace: '"0.990"',
    by: '99.9',
    says: '16:24 spec.slos[0].objective.free: expected a share above 0 and below 1 such as "0.995", got 99.9; 99.9 % is "0.999"',
  },
  'an objective of 1': {
    part: 'workload',
    replace: '"0.990"',
    by: '"1.0"',
    says: '16:24 spec.slos[0].objective.free: expected a share above 0 and below 1 such as "0.995", got "1.0"',
  },
  'a plain objective': {
    part: 'workload',
    replace: 'objective: { free: "0.990" }',
    by: 'objective: "0.990"',
    says: '16:16 spec.slos[0].objective: expected a map from tier to value, such as {default: …}, got "0.990"',
  },
  'an SLO of two sorts': {
    part: 'workload',
    replace: '    total: all\n',
    by: '    histogram: h\n',
    says: '13:5 spec.slos[0]: expected exactly one of good and total, histogram and below',
  },
  'two SLOs with one name': {
    part: 'workload',
    replace: '  slos:\n',
    by: '  slos:\n  - { name: availability, good: a, total: b, objective: { free: 0.9 } }\n',
    says: '14:11 spec.slos[1].name: an SLO of this workload is called "availability" already',
  },
  'a latency bound that is no duration': {
    part: 'workload',
    replace: '    good: good\n    total: all\n',
    by: '    histogram: h\n    below: { free: 500 }\n',
    says: '15:20 spec.slos[0].below.free: expected a duration above zero such as 500ms, 90s, 5m or 1h30m, got 500',
  },
  'a source that is not built yet': {
    part: 'workload',
    replace: '      replicas: { free: 2 }',
    by: '      traffic: { nginx: {} }\n      replicas: { free: 2 }',
    says: '7:16 spec.source.generate.traffic: source.generate.traffic is not built yet; leave it out',
  },
  'a revision by pod name': {
    part: 'source',
    replace: 'tenant: tenant_id',
    by: 'tenant: tenant_id, revision: { podName: false }',
    says: '4:83 spec.labels.revision.podName: expected true, or leave it out and give label, got false',
  },
  'a matcher with a placeholder that is not the cluster': {
    part: 'source',
    replace: 'labels: {',
    by: 'matchers: { team: "${tenant.name}" }, labels: {',
    says: '4:51 spec.matchers.team: expected text in which only ${cluster.name} is filled in',
  },
  'a template without containers': {
    part: 'workload',
    replace: '          containers:\n          - name: app\n',
    by: '          volumes: []\n',
    says: '9:9 spec.source.generate.template.spec.containers: expected at least one container',
  },
  'a placeholder that nothing fills in': {
    part: 'workload',
    replace: '          - name: app\n',
    by: '          - name: app\n            args: ["${tenant.nmae}", "${HOME}", "${tenant.id}"]\n',
    says: '12:20 spec.source.generate.template.spec.containers[0].args[0]: nothing fills in ${tenant.nmae}; did you mean "tenant.name"?',
  },
  'a workload that cannot lend its name to a Service': {
    part: 'workload',
    replace: 'name: storefront',
    by: 'name: 1.storefront',
    says: '3:19 metadata.name: expected a name of lower case letters, digits and "-" that starts with a letter: Services are called by it',
  },
  'no replicas': {
    part: 'workload',
    replace: '{ free: 2 }',
    by: '{ free: 0 }',
    says: '7:25 spec.source.generate.replicas.free: expected at least 1, got 0',
  },
  'weights that do not rise': {
    part: 'plan',
    replace: '[10, 50]',
    by: '[10, 50, 50]',
    says: '8:21 spec.waves[0].steps[2]: weights must rise: expected more than 50, got 50',
  },
  'a weight of 100': {
    part: 'plan',
    replace: '[10, 50]',
    by: '[10, 100]',
    says: '8:17 spec.waves[0].steps[1]: expected at most 99, got 100',
  },
  'a weight of half a percent': {
    part: 'plan',
    replace: '[10, 50]',
    by: '[0.5]',
    says: '8:13 spec.waves[0].steps[0]: expected a whole number, got 0.5',
  },
  'the rest before the last wave': {
    part: 'plan',
    replace: '  waves:\n',
    by: '  waves:\n  - name: all\n    select: { rest: true }\n',
    says: '7:21 spec.waves[0].select.rest: only the last wave may select the rest: no wave after it would get a target',
  },
  'two waves with one name': {
    part: 'plan',
    replace: '  waves:\n',
    by: '  waves:\n  - { name: free, select: { labels: { a: b } } }\n',
    says: '7:11 spec.waves[1].name: a wave of this plan is called "free" already',
  },
  'no concurrency': {
    part: 'plan',
    replace: '    steps',
    by: '    maxConcurrency: 0%\n    steps',
    says: '8:21 spec.waves[0].maxConcurrency: expected a whole number from 1 or a percentage such as 25%, got "0%"',
  },
  'a window that ends before it starts': {
    part: 'plan',
    replace: '    steps',
    by: '    windows: [{ days: Mon-Thu, from: "16:00", to: "09:00", timezone: Europe/Berlin }]\n    steps',
    says: '8:51 spec.waves[0].windows[0].to: a window must end after it starts on the same day; split one that passes midnight',
  },
  'a window in a time zone that is not there': {
    part: 'plan',
    replace: '    steps',
    by: '    windows: [{ days: Mon, from: "09:00", to: "16:00", timezone: Europe/Berln }]\n    steps',
    says: '8:66 spec.waves[0].windows[0].timezone: unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
  },
  'a window on a day that is not there': {
    part: 'plan',
    replace: '    steps',
    by: '    windows: [{ days: Monday, from: "09:00", to: "16:00", timezone: UTC }]\n    steps',
    says: '8:23 spec.waves[0].windows[0].days: expected days such as Mon-Thu or Mon,Wed (Mon Tue Wed Thu Fri Sat Sun), got "Monday"',
  },
  'a word that is not in a list of words': {
    part: 'plan',
    replace: '    steps',
    by: '    onFailure: { rollback: relaese }\n    steps',
    says: '8:28 spec.waves[0].onFailure.rollback: expected one of target, wave, release, got "relaese"; did you mean "release"?',
  },
  'a selector that selects by nothing': {
    part: 'plan',
    replace: '{ tier: free }',
    by: '{}',
    says: '7:13 spec.waves[0].select: expected tier, tiers, labels, not or rest',
  },
  'an image with a tag': {
    part: 'release',
    replace: digest,
    by: ':4.12.0',
    says: '10:12 spec.version.images.app: image "registry.example/app:4.12.0" has the tag "4.12.0", which can be moved; expected an image pinned by digest, name@sha256:<64 hex digits>',
  },
  'the latest image': {
    part: 'release',
    replace: digest,
    by: ':latest',
    says: '10:12 spec.version.images.app: image "registry.example/app:latest" is "latest", which names another image every day; expected…',
  },
  'an image without a digest': {
    part: 'release',
    replace: digest,
    by: '',
    says: '10:12 spec.version.images.app: image "registry.example/app" has no digest; expected…',
  },
  'an image with a digest that is too short': {
    part: 'release',
    replace: digest,
    by: '@sha256:abc',
    says: '10:12 spec.version.images.app: expected an image pinned by digest, name@sha256:<64 hex digits>, got "registry.example/app@sha256:abc"',
  },
};

describe('a mistake inside a document is named with its place, what was expected and the nearest name', () => {
  test.each(Object.entries(mistakes))('%s', (_, { part, replace, by, says }) => {
    expect(good[part]).toContain(replace);
    const [first = '', ...others] = issuesOf({ [part]: good[part].replace(replace, () => by) }, `${part}.yaml`);
    const beginning = says.endsWith('…') ? says.slice(0, -1) : null;
    expect(beginning === null ? first : first.slice(0, beginning.length)).toBe(beginning ?? says);
    expect(others).toEqual([]);
  });
});
