import { describe, expect, test } from 'vitest';
import { createMetricSet } from '../../../src/api/metrics/metric-set.ts';
import { readTree } from '../../architecture/read-tree.ts';
import { inlineCode, readDocs } from '../../docs/read-docs.ts';

const pages = readDocs().filter(({ path }) => path.startsWith('docs/') && !path.startsWith('docs/reference/'));
const source = [...readTree('src').values(), ...readTree('deploy').values()].join('\n');
const runbook = pages.find(({ path }) => path === 'docs/runbook.md')!.text;

const REASON = /^[A-Z][a-z]+(?:[A-Z][a-z]+)+$/;
/** Words of Kubernetes and of others, which the source has no need to spell. */
const OF_OTHERS: ReadonlySet<string> = new Set(['RespectIgnoreDifferences=true', 'InvalidSpec']);

describe('words in code font', () => {
  test('a reason, phase or kind is one that the source has', () => {
    const reasons = new Set(pages.flatMap(({ text }) => inlineCode(text)).filter((code) => REASON.test(code)));
    expect(reasons.size).toBeGreaterThan(40);
    expect([...reasons].filter((reason) => !OF_OTHERS.has(reason) && !source.includes(reason))).toEqual([]);
  });

  test('a metric is one that a daemon has', () => {
    const known = createMetricSet()
      .registry.getMetricsAsArray()
      .map(({ name }) => name);
    const named = pages.flatMap(({ text }) => [...text.matchAll(/\btidegate_[a-z_]+/g)].map((found) => found[0]));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the runbook', () => {
  test.each([
    'rollback-incomplete',
    'stuck-command',
    'no-leader',
    'cluster-not-fresh',
    'source-failing',
    'waiting-for-a-person',
    'slow-daemon',
    'many-nudges',
    'hub-gone',
    'data-missing',
    'prometheus-gone',
    'release-deleted',
    'newer-epoch',
  ])('has a section %s that says how it shows, what it means, what to do and what not', (anchor) => {
    const section = runbook.split('<a id="').find((part) => part.startsWith(`${anchor}">`)) ?? '';
    for (const part of ['**Shows.**', '**Customers.**', '**Do', '**Do not**']) expect(section).toContain(part);
  });
});
