import type { AnalysisTemplate, TemplateArg, TemplateMetric } from '../../domain/analysis-template.ts';
import { parseCondition } from '../expression/parse-condition.ts';
import { providerFindings } from './check-provider.ts';
import { effectiveCount } from './measured-metric.ts';
import { flattenArgs } from './merge-args.ts';
import { resolveMetric } from './resolve-metrics.ts';
import { tagsOf } from './substitute.ts';
import type { FindingPath, TemplateFinding } from './template-finding.ts';
import { COUNTED, metricFault } from './validate-metrics.ts';

/** Where a template is used: only a background analysis may go on without end. */
export type TemplateUsage = 'step' | 'background';

/** What Argo puts in the place of a value that only the run knows. */
const PLACEHOLDER = 'dummy-value';

/**
 * Everything that is wrong with one template whatever its arguments are; empty when nothing is.
 *
 * A text that hangs on an argument without a default is not judged: the run does that.
 */
export function checkTemplate(template: AnalysisTemplate, usage: TemplateUsage): readonly TemplateFinding[] {
  const { args, metrics } = template.spec;
  return [
    ...argFindings(args, usage),
    ...metrics.flatMap((metric, index) => {
      const path = ['spec', 'metrics', index];
      const isFirst = metrics.findIndex(({ name }) => name === metric.name) === index;
      const twice = { path: [...path, 'name'], reason: 'DuplicateMetric', message: `duplicate name '${metric.name}'` };
      return [...(isFirst ? [] : [twice]), ...metricFindings(metric, template, usage, path)];
    }),
  ];
}

function argFindings(args: readonly TemplateArg[], usage: TemplateUsage): readonly TemplateFinding[] {
  const flat = flattenArgs([args]);
  const conflict =
    flat.kind === 'problem' ? [{ path: ['spec', 'args'], reason: flat.reason, message: flat.message }] : [];
  const both = args.flatMap(({ name, value, valueFrom }, index) => {
    // in the background Argo takes both, and the source wins
    if (usage === 'background' || value === null || valueFrom === null) return [];
    const message = `arg '${name}' has both Value and ValueFrom fields`;
    return [{ path: ['spec', 'args', index], reason: 'ArgumentConflict', message }];
  });
  return [...conflict, ...both];
}

function metricFindings(
  metric: TemplateMetric,
  template: AnalysisTemplate,
  usage: TemplateUsage,
  path: FindingPath,
): readonly TemplateFinding[] {
  const { args } = template.spec;
  const placed = args.map((arg) => ({ ...arg, value: isOpen(arg) ? PLACEHOLDER : arg.value }));
  const filled = resolveMetric(metric, placed);
  if (filled.kind === 'problem') {
    // what another template declares is known only where they are put together
    const mayComeLater = usage === 'background' && undeclared(metric, args).every(isArgument);
    return mayComeLater ? [] : [{ path, reason: filled.reason, message: filled.message }];
  }
  const isKnown = (field: keyof TemplateMetric): boolean => isClosed(metric[field], args);
  return [
    ...ruleFindings(filled.metric, isKnown, path),
    ...(usage === 'step' ? endlessFindings(filled.metric, template.name, path) : []),
    ...(['successCondition', 'failureCondition'] as const).flatMap((field) =>
      isKnown(field) ? conditionFindings(filled.metric[field], [...path, field]) : [],
    ),
    ...(isKnown('provider') ? providerFindings(filled.metric.provider, [...path, 'provider', 'prometheus']) : []),
  ];
}

/** The rule that a metric breaks, unless a field it is about is not known yet. */
function ruleFindings(
  metric: TemplateMetric,
  isKnown: (field: keyof TemplateMetric) => boolean,
  path: FindingPath,
): readonly TemplateFinding[] {
  const fault = metricFault(metric);
  if (fault === null) return [];
  const fields = COUNTED.some((field) => field === fault.field) ? [...COUNTED, 'interval' as const] : [fault.field];
  return fields.every(isKnown) ? [{ ...fault, path: [...path, fault.field] }] : [];
}

/** An argument whose value only the run knows. */
function isOpen(arg: TemplateArg): boolean {
  return arg.value === null || arg.valueFrom !== null;
}

/** True when a field hangs on no argument that is open. */
function isClosed(field: unknown, args: readonly TemplateArg[]): boolean {
  const open = new Set(args.filter(isOpen).map(({ name }) => `args.${name}`));
  return !tagsOf(JSON.stringify(field)).some((tag) => open.has(tag));
}

function undeclared(metric: TemplateMetric, args: readonly TemplateArg[]): readonly string[] {
  const declared = new Set(args.map(({ name }) => `args.${name}`));
  return tagsOf(JSON.stringify(metric)).filter((tag) => !declared.has(tag));
}

function isArgument(tag: string): boolean {
  return /^args\.[^{}"\\]+$/.test(tag);
}

function endlessFindings(metric: TemplateMetric, template: string, path: FindingPath): readonly TemplateFinding[] {
  if (effectiveCount(metric) !== null) return [];
  const what = `AnalysisTemplate ${template} has metric ${metric.name} which runs indefinitely`;
  const message = `${what}. Invalid value for count: ${metric.count ?? '<nil>'}`;
  return [{ path: [...path, 'count'], reason: 'RunsIndefinitely', message }];
}

function conditionFindings(text: string | null, path: FindingPath): readonly TemplateFinding[] {
  const condition = text === null ? null : parseCondition(text);
  if (condition?.kind !== 'problem') return [];
  const message = `at character ${condition.position}: ${condition.message}`;
  return [{ path, reason: `Condition${condition.reason}`, message }];
}
