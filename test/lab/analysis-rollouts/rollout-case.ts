import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';

/** Templates and a Rollout that uses them. A name is that of a template, `cluster/name` that of one of the cluster's. */
export interface RolloutCase {
  readonly title: string;
  readonly templates: Readonly<Record<string, CaseTemplate>>;
  readonly uses: readonly string[];
  /** @default step */
  readonly as?: 'step' | 'background';
  readonly args?: readonly CaseArg[];
  readonly dryRun?: readonly string[];
  readonly measurementRetention?: Readonly<Record<string, number>>;
}

/** What a Rollout fills an argument with. */
export interface CaseArg {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly podTemplateHashValue?: 'Latest' | 'Stable';
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

interface CaseTemplate {
  readonly args?: readonly object[];
  readonly metrics?: readonly { readonly name: string; readonly query?: string; readonly [field: string]: unknown }[];
  readonly templates?: readonly string[];
  readonly dryRun?: readonly string[];
  readonly measurementRetention?: Readonly<Record<string, number>>;
}

/** Every case. */
export function readRolloutCases(): readonly RolloutCase[] {
  return parse(readFileSync(`${import.meta.dirname}/cases.yaml`, 'utf8')) as RolloutCase[];
}

/** A reference as Argo writes it; `prefix` keeps the cases apart. */
export function refOf(prefix: string, name: string): { readonly templateName: string; readonly clusterScope?: true } {
  const bare = name.replace('cluster/', '');
  return { templateName: `${prefix}-${bare}`, ...(bare === name ? {} : { clusterScope: true }) };
}

/** The templates of a case as documents. */
export function templateDocuments(prefix: string, namespace: string, one: RolloutCase): readonly KubernetesObject[] {
  return Object.entries(one.templates).map(([name, template]) => {
    const { templateName, clusterScope } = refOf(prefix, name);
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate',
      metadata: { name: templateName, ...(clusterScope ? {} : { namespace }) },
      spec: templateSpec(prefix, template),
    };
  });
}

function templateSpec(prefix: string, { args, metrics, templates, ...rules }: CaseTemplate): object {
  return withoutAbsent({
    args,
    metrics: metrics?.map(({ query = 'q', ...metric }) => ({
      ...metric,
      provider: { prometheus: { address: 'http://127.0.0.1:1', query } },
    })),
    templates: templates?.map((name) => refOf(prefix, name)),
    ...rulesOf(rules),
  });
}

/** Rules as Argo writes them. */
export function rulesOf({
  dryRun,
  measurementRetention,
}: Pick<CaseTemplate, 'dryRun' | 'measurementRetention'>): object {
  return withoutAbsent({
    dryRun: dryRun?.map((metricName) => ({ metricName })),
    measurementRetention:
      measurementRetention &&
      Object.entries(measurementRetention).map(([metricName, limit]) => ({ metricName, limit })),
  });
}

function withoutAbsent(object: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** The Rollout of a case, at one version. */
export function rolloutOf(prefix: string, namespace: string, one: RolloutCase, version: string): KubernetesObject {
  const templates = one.uses.map((name) => refOf(prefix, name));
  const analysis = { templates, ...withoutAbsent({ args: one.args }), ...rulesOf(one) };
  const canary =
    one.as === 'background'
      ? { analysis, steps: [{ setWeight: 50 }, { pause: {} }] }
      : { steps: [{ analysis }, { pause: {} }] };
  const labels = { app: prefix };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: prefix, namespace, labels: { ...labels, team: 'a' }, annotations: { tier: 'gold "1"' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      strategy: { canary },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'example/app',
              env: [{ name: 'V', value: version }],
              ports: [{ containerPort: 8080 }],
            },
          ],
        },
      },
    },
  };
}
