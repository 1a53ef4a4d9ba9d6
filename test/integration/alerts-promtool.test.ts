import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { prometheusForTests } from '../contract/metric-source/prometheus-world.ts';

const run = promisify(execFile);
const MONITORING = fileURLToPath(new URL('../../deploy/monitoring/', import.meta.url));
const RULES = join(MONITORING, 'alerts.yaml');

/** What the daemons show minute by minute, in promtool's notation, and when its alert has to be there. */
interface Story {
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after which it is not there yet, and is. */
  readonly quietAfter: number;
  readonly firesAfter: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `$value` as the summary or the description shows it. */
  readonly shows?: string;
}

const stories: Readonly<Record<string, Story>> = {
  'a target that should be back is not': {
    alert: 'TidegateRollbackIncomplete',
    series: { 'tidegate_release_waits{release="v2",reason="RollbackPending"}': '3x20' },
    quietAfter: 1,
    firesAfter: 2,
    labels: { release: 'v2' },
  },
  'commands have no effect': {
    alert: 'TidegateCommandStuck',
    series: { 'tidegate_commands_stuck{cluster="eu"}': '0 0 4x20' },
    quietAfter: 2,
    firesAfter: 4,
    labels: { cluster: 'eu' },
    shows: '4',
  },
  'commands are refused': {
    alert: 'TidegateCommandRefused',
    series: { 'tidegate_release_waits{release="v2",reason="CommandRefused"}': '1x20' },
    quietAfter: 1,
    firesAfter: 3,
    labels: { release: 'v2' },
  },
  'both daemons follow': {
    alert: 'TidegateNoLeader',
    series: { 'tidegate_leading{instance="a"}': '1 1 0x20', 'tidegate_leading{instance="b"}': '0x22' },
    quietAfter: 2,
    firesAfter: 4,
    labels: {},
  },
  'no daemon is scraped': {
    alert: 'TidegateNoLeader',
    series: { 'up{instance="other"}': '1x20' },
    quietAfter: 0,
    firesAfter: 2,
    labels: {},
  },
  'the hub answers nothing': {
    alert: 'TidegateHubGone',
    series: {
      'tidegate_api_requests_total{cluster="hub",verb="get",outcome="ok"}': '0+30x5 150x20',
      'tidegate_api_requests_total{cluster="hub",verb="get",outcome="transient"}': '0x5 0+30x20',
    },
    quietAfter: 6,
    firesAfter: 16,
    labels: {},
  },
  'a cluster is not seen': {
    alert: 'TidegateClusterNotFresh',
    series: { 'tidegate_cluster_fresh{cluster="eu"}': '1 0x20', 'tidegate_cluster_fresh{cluster="us"}': '1x21' },
    quietAfter: 5,
    firesAfter: 7,
    labels: { cluster: 'eu' },
  },
  'measurements fail': {
    alert: 'TidegateSourceFailing',
    series: { 'tidegate_metric_source_fresh{source="prom"}': '1 0x20' },
    quietAfter: 5,
    firesAfter: 7,
    labels: { source: 'prom' },
  },
  'nobody approves': {
    alert: 'TidegateWaitingForAPerson',
    series: { 'tidegate_release_waits{release="v2",reason="ApprovalRequired"}': '1x60' },
    quietAfter: 29,
    firesAfter: 31,
    labels: { release: 'v2', reason: 'ApprovalRequired' },
  },
  'passes are slow': {
    alert: 'TidegateSlowPasses',
    series: {
      'tidegate_pass_duration_seconds_bucket{instance="a",le="0.1"}': '0+50x60',
      'tidegate_pass_duration_seconds_bucket{instance="a",le="0.3"}': '0+100x60',
      'tidegate_pass_duration_seconds_bucket{instance="a",le="+Inf"}': '0+100x60',
    },
    quietAfter: 9,
    firesAfter: 12,
    labels: { instance: 'a' },
    shows: '296ms',
  },
  'a daemon has no processor time left': {
    alert: 'TidegateBusy',
    series: { 'tidegate_cpu_seconds_total{instance="a"}': '0+54x60' },
    quietAfter: 9,
    firesAfter: 20,
    labels: { instance: 'a' },
    shows: '90%',
  },
  'an API server is slow': {
    alert: 'TidegateSlowApi',
    series: {
      'tidegate_api_request_duration_seconds_bucket{cluster="eu",le="2.5"}': '0+50x60',
      'tidegate_api_request_duration_seconds_bucket{cluster="eu",le="5"}': '0+90x60',
      'tidegate_api_request_duration_seconds_bucket{cluster="eu",le="+Inf"}': '0+100x60',
    },
    quietAfter: 9,
    firesAfter: 12,
    labels: { cluster: 'eu' },
    shows: '5s',
  },
  'more nudges than commands': {
    alert: 'TidegateManyNudges',
    series: {
      'tidegate_nudges_total{cluster="eu",effect="abort"}': '0+6x60',
      'tidegate_commands_sent_total{cluster="eu",action="abort"}': '0+3x60',
    },
    quietAfter: 10,
    firesAfter: 45,
    labels: { cluster: 'eu' },
    shows: '60',
  },
};

/** Nothing here wants anybody: each for an hour. */
const calm: Readonly<Record<string, string>> = {
  'tidegate_leading{instance="a"}': '1x60',
  'tidegate_leading{instance="b"}': '0x60',
  'tidegate_release_waits{release="v2",reason="WindowClosed"}': '1x60',
  'tidegate_commands_stuck{cluster="eu"}': '0x60',
  'tidegate_cluster_fresh{cluster="eu"}': '1x60',
  'tidegate_metric_source_fresh{source="prom"}': '1x60',
  'tidegate_api_requests_total{cluster="hub",verb="patch",outcome="ok"}': '0+10x60',
  'tidegate_api_requests_total{cluster="hub",verb="patch",outcome="transient"}': '0+10x60',
  'tidegate_nudges_total{cluster="eu",effect="abort"}': '0+6x60',
  'tidegate_commands_sent_total{cluster="eu",action="abort"}': '0+9x60',
};

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const { groups } = parse(readFileSync(RULES, 'utf8')) as { readonly groups: { readonly rules: Rule[] }[] };
const rules = new Map(groups.flatMap((group) => group.rules).map((rule) => [rule.alert, rule]));

/** The alert as it goes out, with its templates filled in by hand. */
function sent({ alert, labels, shows }: Story): object {
  const rule = rules.get(alert)!;
  const fill = (text: string) =>
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? 'nothing')
      .replaceAll(/\{\{ \$value[^}]*\}\}/g, shows ?? 'nothing');
  const annotations = Object.entries(rule.annotations).map(([name, text]) => [name, fill(text)]);
  return { exp_labels: { ...rule.labels, ...labels }, exp_annotations: Object.fromEntries(annotations) };
}

const seriesOf = (shown: Readonly<Record<string, string>>) =>
  Object.entries(shown).map(([series, values]) => ({ series, values }));

function testOf(name: string, story: Story): object {
  return {
    name,
    interval: '1m',
    input_series: seriesOf(story.series),
    alert_rule_test: [
      { eval_time: `${story.quietAfter}m`, alertname: story.alert, exp_alerts: [] },
      { eval_time: `${story.firesAfter}m`, alertname: story.alert, exp_alerts: [sent(story)] },
    ],
  };
}

function calmTest(): object {
  const quiet = [...rules.keys()].map((alertname) => ({ eval_time: '50m', alertname, exp_alerts: [] }));
  return { name: 'calm', interval: '1m', input_series: seriesOf(calm), alert_rule_test: quiet };
}

const prometheus = await prometheusForTests();
const promtool = prometheus === null ? null : join(dirname(prometheus), 'promtool');
const isThere = promtool !== null && existsSync(promtool);
if (!isThere) process.stderr.write('the alerts are not tried: no promtool beside prometheus\n');

/** What promtool says of a file; `ok` when it has nothing against it. */
async function promtoolSays(command: 'check' | 'test', file: string): Promise<string> {
  try {
    await run(promtool!, [command, 'rules', file]);
    return 'ok';
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return `${stdout}\n${stderr}`;
  }
}

describe.skipIf(!isThere)('the alerts, by promtool', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-promtool-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function written(name: string, content: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, stringify(content, { version: '1.1', lineWidth: 0 }));
    return path;
  }
  const tried = async (tests: readonly object[]) =>
    promtoolSays('test', await written('stories.yaml', { rule_files: [RULES], evaluation_interval: '1m', tests }));

  test('the rule file is one', async () => {
    expect(await promtoolSays('check', RULES)).toBe('ok');
  });

  test('every query of the dashboard is one', async () => {
    const { panels } = JSON.parse(readFileSync(join(MONITORING, 'dashboard.json'), 'utf8')) as {
      readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
    };
    const queries = panels.flatMap(({ targets }) => targets ?? []).map(({ expr }) => expr.replaceAll('$release', '.*'));
    const recorded = queries.map((expr, index) => ({ record: `query_${index}`, expr }));
    expect(recorded.length).toBeGreaterThan(20);
    const file = await written('queries.yaml', { groups: [{ name: 'dashboard', rules: recorded }] });
    expect(await promtoolSays('check', file)).toBe('ok');
  });

  test.each(Object.entries(stories))('%s', async (name, story) => {
    expect(await tried([testOf(name, story)])).toBe('ok');
  });

  test('every alert has its story', () => {
    const told = new Set(Object.values(stories).map(({ alert }) => alert));
    expect([...rules.keys()].filter((alert) => !told.has(alert))).toEqual([]);
  });

  test('a calm hour wakes nobody', async () => {
    expect(await tried([calmTest()])).toBe('ok');
  });

  test('an alert that is missing is noticed', async () => {
    const story = stories['commands have no effect']!;
    const healed = { ...story, series: { 'tidegate_commands_stuck{cluster="eu"}': '0x20' } };
    expect(await tried([testOf('healed', healed)])).toContain('TidegateCommandStuck');
  });
});
