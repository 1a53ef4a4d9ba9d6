import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readFiles } from '../../../src/adapters/files/read-files.ts';
import { planQueries } from '../../../src/analysis/grouped/plan-queries.ts';
import { checkTemplate } from '../../../src/analysis/template/check-template.ts';
import { planRelease } from '../../../src/cli/planned-releases.ts';
import { readAnalysisTemplates } from '../../../src/config/analysis-templates.ts';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import type { AnalysisTemplate } from '../../../src/domain/analysis-template.ts';
import { instant } from '../../../src/domain/time.ts';
import { targetAnalysis } from '../../../src/planning/target-analysis.ts';

const folder = new URL('../../../analysis-templates/', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');
const names = readdirSync(folder)
  .flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
  .sort();
const TARGETS = 40;

function readStock(name: string): { readonly text: string; readonly template: AnalysisTemplate } {
  const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8');
  const { templates, issues } = readAnalysisTemplates({ path: `${name}.yaml`, text });
  expect(issues).toEqual([]);
  return { text, template: templates[0]!.template };
}

/** What each target of a fleet gives: its own namespace, and the hashes that equal pod templates have. */
const ownArgs = (index: number): Readonly<Record<string, string>> => ({
  selector: `namespace="tenant-${index}",app="web"`,
  rollout: 'storefront',
  'latest-hash': '6d4cf56db6',
  'stable-hash': '58f7b8d4c9',
});

it('there is one for each thing that goes wrong', () => {
  expect(names).toEqual([
    'availability',
    'burn-rate',
    'bystanders',
    'canary-comparison',
    'cpu-throttling',
    'error-ratio',
    'latency',
    'latency-native',
    'latency-quantiles',
    'memory',
    'restarts',
  ]);
  for (const name of names) expect(readme).toContain(`| \`${name}.yaml\` `);
});

describe.each(names)('analysis-templates/%s.yaml', (name) => {
  const { text, template } = readStock(name);
  const { args, metrics } = template.spec;
  const required = args.filter(({ value }) => value === null).map((arg) => arg.name);

  it('means the same to readers of YAML 1.1 and 1.2', () => {
    expect(parse(text, { version: '1.1' })).toEqual(parse(text, { version: '1.2' }));
  });

  it('is called by its file, and nothing is found in it, in the background or in a step', () => {
    expect(template).toMatchObject({ kind: 'AnalysisTemplate', name: `tidegate-${name}`, templates: [] });
    expect(checkTemplate(template, 'background')).toEqual([]);
    expect(checkTemplate(template, 'step')).toEqual([]);
  });

  it('uses each of its arguments, and no other variable', () => {
    const used = JSON.stringify(metrics).match(/\{\{[^}]*\}\}/g) ?? [];
    const declared = args.map((arg) => `{{args.${arg.name}}}`);
    expect(new Set(used)).toEqual(new Set(declared));
  });

  it('says in a comment what each argument is', () => {
    const lines = text.slice(0, text.indexOf('  metrics:')).split('\n');
    const bare = lines.filter((line, i) => line.startsWith('    - name: ') && !lines[i - 1]?.trim().startsWith('#'));
    expect(bare).toEqual([]);
  });

  it('asks only for what no default can be for: hashes, matchers and the name of the Rollout', () => {
    expect(required.filter((arg) => !Object.keys(ownArgs(0)).includes(arg))).toEqual([]);
    expect(required).toContain('selector');
  });

  it('is neither good nor bad of an empty answer, and no error aborts', () => {
    for (const metric of metrics) {
      expect(metric.successCondition).toMatch(/^len\(result\) > 0 && result\[0\] [<>]=? \{\{args\.[a-z0-9-]+\}\}$/);
      expect(metric.failureCondition).toMatch(/^len\(result\) > 0 && result\[0\] [<>]=? \{\{args\.[a-z0-9-]+\}\}$/);
      expect(metric.consecutiveErrorLimit).toBeGreaterThan(100_000);
    }
  });

  it('is one query for many targets of a Workload', () => {
    for (const { provider, ...metric } of metrics) {
      const targets = Array.from({ length: TARGETS }, (_, index) => ({
        id: `t-${index}`,
        args: { ...Object.fromEntries(args.map((arg) => [arg.name, arg.value ?? ''])), ...ownArgs(index) },
      }));
      const plan = planQueries(provider.query ?? '', targets);
      expect({ metric: metric.name, refusal: plan.refusal, singles: plan.singles.length }).toEqual({
        metric: metric.name,
        refusal: null,
        singles: 0,
      });
      expect(plan.groups).toHaveLength(1);
      const matched = planQueries(provider.query ?? '', targets, { cluster: 'eu' }).groups[0]!.query.query;
      expect(matched.match(/cluster="eu"/g)).toHaveLength(provider.query!.match(/\{ /g)!.length);
    }
  });

  it('can be asked of one target, and it is known how far back its data reach', () => {
    const rolloutArgs = required.map((arg) => ({
      name: arg,
      value: { kind: 'text', text: ownArgs(0)[arg]! } as const,
    }));
    const asked = targetAnalysis(
      { name, template: template.spec, args: rolloutArgs },
      { placeholders: { 'target.namespace': 'a', 'cluster.name': 'eu' }, latestHash: 'l', stableHash: 's' },
    );
    if (asked.kind === 'problem') throw new Error(asked.message);
    expect(asked.lookbackMs).toBeLessThanOrEqual(300_000);
    for (const metric of asked.prepared.metrics) expect(metric.effectiveCount).toBe(60);
  });

  it('goes on without end where its count is 0, and is measured so often where it is another', () => {
    const count = (value: string) => {
      const given = [...required.map((arg) => [arg, ownArgs(0)[arg]!] as const), ['count', value] as const];
      const asked = targetAnalysis(
        {
          name,
          template: template.spec,
          args: [...given, ['inconclusive-limit', '0'] as const].map(([arg, text]) => ({
            name: arg,
            value: { kind: 'text', text } as const,
          })),
        },
        { placeholders: { 'target.namespace': 'a', 'cluster.name': 'eu' }, latestHash: 'l', stableHash: 's' },
      );
      return asked.kind === 'problem' ? asked.message : asked.prepared.metrics.map((one) => one.effectiveCount);
    };
    expect(count('0')).toEqual(metrics.map(() => null));
    expect(count('5')).toEqual(metrics.map(() => 5));
  });
});

describe('the workload of the documentation', () => {
  const page = readFileSync(new URL('../../../docs/analysis.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('\n## Stock templates'));
  const snippet = parse(/```yaml\n([^]*?)```/.exec(section)![1]!) as {
    readonly spec: { readonly analyses: readonly { readonly name: string; readonly template: unknown }[] };
  };

  it('can be planned for the worked example, with waves of minutes, and nothing is found in it', async () => {
    const waves = await readFiles(['waves']);
    const analyses = snippet.spec.analyses.map((analysis) => {
      const text = readFileSync(new URL(`${analysis.name}.yaml`, folder), 'utf8');
      return { ...analysis, template: (parse(text) as { readonly spec: unknown }).spec };
    });
    const files = waves.map((file) => {
      if (!file.path.endsWith('storefront.yaml')) return file;
      const documents = parseAllDocuments(file.text).map((one) => one.toJS() as { kind: string; spec: object });
      const edited = documents.map((one) =>
        one.kind === 'Workload' ? { ...one, spec: { ...one.spec, analyses } } : one,
      );
      return { ...file, text: edited.map((one) => JSON.stringify(one)).join('\n---\n') };
    });
    const input = loadInventory(files);
    const planned = planRelease(
      input,
      { ...input.releases[0]!, wavePlan: 'saas-tiers' },
      instant(Date.UTC(2026, 10, 23, 9)),
    );
    expect(planned.kind).toBe('planned');
    const findings = planned.kind === 'planned' ? planned.plan.findings : planned.findings;
    expect(findings.filter(({ subject }) => subject.startsWith('analysis '))).toEqual([]);
    expect(planned.kind === 'planned' && planned.plan.analyses?.map(({ name }) => name)).toEqual([
      'availability',
      'restarts',
    ]);
  });
});
