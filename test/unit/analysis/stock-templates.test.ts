import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const template = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('AnalysisTemplate'),
  metadata: z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  spec: z.strictObject({
    args: z.array(z.strictObject({ name: z.string(), value: z.string().optional() })),
    metrics: z.tuple([
      z.strictObject({
        name: z.string(),
        interval: z.literal('1m'),
        initialDelay: z.literal('2m'),
        failureCondition: z.string(),
        failureLimit: z.literal(2),
        consecutiveErrorLimit: z.number().min(100_000),
        provider: z.strictObject({ prometheus: z.strictObject({ address: z.string(), query: z.string() }) }),
      }),
    ]),
  }),
});

describe.each(['availability', 'latency'])('analysis-templates/%s.yaml', (name) => {
  const text = readFileSync(new URL(`../../../analysis-templates/${name}.yaml`, import.meta.url), 'utf8');
  const read = template.parse(parse(text));
  const [metric] = read.spec.metrics;

  it('means the same to readers of YAML 1.1 and 1.2', () => {
    expect(parse(text, { version: '1.1' })).toEqual(parse(text, { version: '1.2' }));
  });

  it('uses each of its arguments, and no other variable', () => {
    const used = JSON.stringify(metric).match(/\{\{[^}]*\}\}/g) ?? [];
    const declared = read.spec.args.map((argument) => `{{args.${argument.name}}}`);
    expect(new Set(used)).toEqual(new Set(declared));
  });

  it('says in a comment what each argument is', () => {
    const lines = text.split('\n');
    const uncommented = lines.filter(
      (line, i) => line.startsWith('    - name: ') && !lines[i - 1]?.trim().startsWith('#'),
    );
    expect(uncommented).toEqual([`    - name: ${name}`]);
  });

  it('fails on a value that is too low, and on nothing else', () => {
    expect(metric.failureCondition).toBe('len(result) > 0 && result[0] < {{args.objective}}');
    expect(text).not.toContain('successCondition:');
  });
});
