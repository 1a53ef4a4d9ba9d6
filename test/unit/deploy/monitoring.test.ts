import { readFileSync } from 'node:fs';
import { Histogram } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { createMetricSet } from '../../../src/api/metrics/metric-set.ts';
import { metricNames } from './promql-names.ts';

const shipped = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const ruleFile = parse(shipped('deploy/monitoring/alerts.yaml')) as { readonly groups: { readonly rules: Rule[] }[] };
const rules = ruleFile.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(shipped('deploy/monitoring/dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ targets }) => targets?.map(({ expr }) => expr) ?? []);

/** What a scrape shows: of a histogram its three series. */
function servedNames(): ReadonlySet<string> {
  const { registry } = createMetricSet();
  return new Set(
    registry.getMetricsAsArray().flatMap(({ name }) => {
      const isHistogram = registry.getSingleMetric(name) instanceof Histogram;
      return isHistogram ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
    }),
  );
}

describe('alerts', () => {
  test.each(rules)('$alert says what it is, and leads to its section of the runbook', (rule) => {
    const { summary, description, runbook_url: link } = rule.annotations;
    expect(rule.alert).toMatch(/^Tidegate[A-Z]\w+$/);
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(rule.for).toMatch(/^\d+m$/);
    expect(summary.length).toBeGreaterThan(10);
    expect(description.length).toBeGreaterThan(summary.length);
    const [page = '', anchor] = link.split('#');
    expect(page).toBe('docs/runbook.md');
    expect(shipped(page)).toContain(`<a id="${anchor}">`);
  });

  test('are there for everything that docs/metrics.md and the runbook page for', () => {
    const anchors = new Set(rules.map(({ annotations }) => annotations.runbook_url.split('#')[1]));
    const wanted =
      'rollback-incomplete stuck-command no-leader cluster-not-fresh source-failing waiting-for-a-person slow-daemon many-nudges hub-gone';
    expect(anchors).toEqual(new Set(wanted.split(' ')));
  });

  test('come as an object for the Prometheus operator too', async () => {
    const object = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'tidegate', namespace: 'tidegate-system', labels: { 'app.kubernetes.io/name': 'tidegate' } },
      spec: ruleFile,
    };
    const text = `# Made from alerts.yaml; do not edit.\n${stringify(object, { version: '1.1', lineWidth: 0 })}`;
    await expect(text).toMatchFileSnapshot('../../../deploy/monitoring/prometheus-rule.yaml');
  });
});

describe('the dashboard', () => {
  test.each(panels)('panel "$title" has a description, a unit and a query with a legend', (panel) => {
    expect(panel.title).not.toBe('');
    expect(panel.description).toMatch(/\.$/);
    expect(panel.fieldConfig?.defaults.unit).toMatch(/^[a-z]+$/);
    expect(panel.targets).not.toHaveLength(0);
    for (const target of panel.targets ?? []) expect(target.expr && target.legendFormat).toBeTruthy();
  });

  test('no two panels have one title or lie over each other', () => {
    const titles = dashboard.panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('metrics', () => {
  test('that alerts and panels name exist', () => {
    const served = servedNames();
    const named = [...rules.map(({ expr }) => expr), ...queries].flatMap(metricNames);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !served.has(name))).toEqual([]);
  });

  test('are all on the dashboard, histograms by their buckets', () => {
    const shown = new Set(queries.flatMap(metricNames));
    const missing = [...servedNames()].filter((name) => !/_(sum|count)$/.test(name) && !shown.has(name));
    expect(missing).toEqual([]);
  });

  test('are found in an expression whatever stands around them', () => {
    const expression =
      'histogram_quantile(0.9, sum by (le) (rate(a_bucket{x="b"}[5m]))) > 2 unless max(c) or absent(d)';
    expect(metricNames(expression)).toEqual(['a_bucket', 'c', 'd']);
  });
});
