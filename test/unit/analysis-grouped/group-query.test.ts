import { describe, expect, it } from 'vitest';
import { groupQuery } from '../../../src/analysis/grouped/group-query.ts';

const ns = 'namespace="{{args.namespace}}"';

describe('groupQuery rewrites', () => {
  it.each<readonly [string, string, string]>([
    ['an aggregation', `sum(x{${ns}})`, 'sum by (namespace)(x{namespace=~"{{args.namespace}}"})'],
    [
      'an aggregation with labels',
      `sum by (le) (x{${ns}})`,
      'sum by (le, namespace) (x{namespace=~"{{args.namespace}}"})',
    ],
    [
      'labels that stand at the end',
      `sum(x{${ns}}) by (le)`,
      'sum(x{namespace=~"{{args.namespace}}"}) by (le, namespace)',
    ],
    [
      'a label that is there already',
      `sum by (namespace) (x{${ns}})`,
      'sum by (namespace) (x{namespace=~"{{args.namespace}}"})',
    ],
    ['a list without labels', `sum by () (x{${ns}})`, 'sum by (namespace) (x{namespace=~"{{args.namespace}}"})'],
    [
      'without, which keeps the label',
      `sum without (pod) (x{${ns}})`,
      'sum without (pod) (x{namespace=~"{{args.namespace}}"})',
    ],
    ['nothing of a plain series', `x{a="b",${ns}}`, 'x{a="b",namespace=~"{{args.namespace}}"}'],
    [
      'on',
      `x{${ns}} / on (pod) y{${ns}}`,
      'x{namespace=~"{{args.namespace}}"} / on (pod, namespace) y{namespace=~"{{args.namespace}}"}',
    ],
    [
      'on with a group',
      `x{${ns}} * on (pod) group_left (node) y{${ns}}`,
      'x{namespace=~"{{args.namespace}}"} * on (pod, namespace) group_left (node) y{namespace=~"{{args.namespace}}"}',
    ],
    [
      'a join with what is the same for all',
      `sum(x{${ns}}) / sum(y)`,
      'sum by (namespace)(x{namespace=~"{{args.namespace}}"}) / ignoring (namespace) group_left () sum(y)',
    ],
    [
      'one whose left side is the same for all',
      `sum(y) / sum(x{${ns}})`,
      'sum(y) / ignoring (namespace) group_right () sum by (namespace)(x{namespace=~"{{args.namespace}}"})',
    ],
    [
      'a join of hash and namespace with namespace',
      `sum(x{${ns},hash="{{args.hash}}"}) > bool sum(y{${ns}})`,
      'sum by (namespace, hash)(x{namespace=~"{{args.namespace}}",hash=~"{{args.hash}}"}) > bool ignoring (hash) group_left () sum by (namespace)(y{namespace=~"{{args.namespace}}"})',
    ],
    [
      'a subquery',
      `max_over_time(sum(x{${ns}})[5m:30s] offset 1m)`,
      'max_over_time(sum by (namespace)(x{namespace=~"{{args.namespace}}"})[5m:30s] offset 1m)',
    ],
    ['a comment away', `sum(x{${ns}}) # {{args.other}}`, 'sum by (namespace)(x{namespace=~"{{args.namespace}}"})'],
  ])('%s', (_, query, rewritten) => {
    const grouped = groupQuery(query);
    expect(grouped.kind === 'grouped' ? grouped.query : grouped).toBe(rewritten);
  });

  it.each<readonly [string, string, string]>([
    ['takes the labels of a sum away', `sum(x{${ns}})`, 'one row, without namespace'],
    ['keeps those of a series', `x{${ns}}`, 'several rows, with namespace'],
    ['knows one row by its label', `sum by (namespace) (x{${ns}})`, 'one row, with namespace'],
    ['knows several rows', `sum by (pod) (x{${ns}})`, 'several rows, without namespace'],
    ['knows one row beside all', `sum(x{${ns}}) / sum(y)`, 'one row, without namespace'],
    ['has one answer for all', 'sum(y) > 3', 'one row, '],
    ['has a scalar for all', 'scalar(sum(y))', 'one row, '],
  ])('and %s', (_, query, wanted) => {
    const grouped = groupQuery(query);
    expect(grouped.kind).toBe('grouped');
    if (grouped.kind !== 'grouped') return;
    const labels = grouped.labels.map(({ label, isKept }) => `${isKept ? 'with' : 'without'} ${label}`);
    expect(`${grouped.rows} ${grouped.rows === 'one' ? 'row' : 'rows'}, ${labels.join(' and ')}`).toBe(wanted);
  });

  it.each<readonly [string, string, number]>([
    ['vector(0)', `sum(x{${ns}}) or vector(0)`, 0],
    ['a negative one', `(sum(x{${ns}}) / sum(y{${ns}}) or vector(-1.5))`, -1.5],
  ])('and takes a default out: %s', (_, query, whenEmpty) => {
    const grouped = groupQuery(query);
    expect(grouped.kind === 'grouped' ? grouped.whenEmpty : grouped).toBe(whenEmpty);
    expect(grouped.kind === 'grouped' ? grouped.query : grouped).not.toContain('vector');
  });
});
