import type { AnalysisTemplate, TemplateArg, TemplateMetric } from '../../domain/analysis-template.ts';
import { instant } from '../../domain/time.ts';
import { parseCondition } from '../expression/parse-condition.ts';
import { parseGoDuration } from './go-duration.ts';
import { effectiveCount } from './measured-metric.ts';
import { providerFault } from './provider-fault.ts';
import { rangeTime } from './range-time.ts';
import { resolveMetric } from './resolve-metrics.ts';
import { tagsOf } from './substitute.ts';
import { metricFault } from './validate-metrics.ts';

/** Something wrong with a template, and the field that shows it. */
export interface TemplateFinding {
  /** From the root of the document: `['spec', 'metrics', 0, 'count']`. */
  readonly path: readonly (string | number)[];
  /** PascalCase constant. */
  readonly reason: string;
  readonly message: string;
}

/** Where a template is used: only a background analysis may go on without end. */
export type TemplateUsage = 'step' | 'background';

/** What Argo puts in the place of a value that only the run knows. */
const PLACEHOLDER = 'dummy-value';
/** Stands in for the Prometheus of whoever asks. */
const SOME_ADDRESS = 'http://prometheus';

/**
 * Everything that is wrong with one template whatever its arguments are; empty when nothing is.
 *
 * A text that hangs on an argument without a default is not judged: the run does that.
 */
export function checkTemplate(template: AnalysisTemplate, usage: TemplateUsage): readonly TemplateFinding[] {
  const { args, metrics } = template.spec;
  return [
    ...args.flatMap((arg, index) => argFindings(arg, args.slice(0, index), ['spec', 'args', index])),
    ...metrics.flatMap((metric, index) => {
      const path = ['spec', 'metrics', index];
      const isRepeated = metrics.slice(0, index).some(({ name }) => name === metric.name);
      const twice = { path: [...path, 'name'], reason: 'DuplicateMetric', message: `duplicate name '${metric.name}'` };
      return [...(isRepeated ? [twice] : []), ...metricFindings(metric, template, usage, path)];
    }),
  ];
}

type Path = TemplateFinding['path'];

function argFindings(arg: TemplateArg, earlier: readonly TemplateArg[], path: Path): readonly TemplateFinding[] {
  const message = `arg '${arg.name}' has both Value and ValueFrom fields`;
  const both = arg.value !== null && arg.valueFrom !== null ? [{ path, reason: 'ArgumentConflict', message }] : [];
  const isRepeated = earlier.some(({ name }) => name === arg.name);
  return isRepeated
    ? [...both, { path, reason: 'ArgumentConflict', message: `argument '${arg.name}' is declared twice` }]
    : both;
}

function metricFindings(
  metric: TemplateMetric,
  template: AnalysisTemplate,
  usage: TemplateUsage,
  path: Path,
): readonly TemplateFinding[] {
  const { args } = template.spec;
  const filled = resolveMetric(
    metric,
    args.map((arg) => ({ ...arg, value: isOpen(arg) ? PLACEHOLDER : arg.value })),
  );
  if (filled.kind === 'problem') {
    // what another template declares is known only where they are put together
    const mayBeDeclaredElsewhere = usage === 'background' && undeclared(metric, args).every(isArgument);
    return mayBeDeclaredElsewhere ? [] : [{ path, reason: filled.reason, message: filled.message }];
  }
  const isKnown = (field: keyof TemplateMetric): boolean => isClosed(metric[field], args);
  const fault = metricFault(filled.metric);
  const isCounted = (['count', 'failureLimit', 'inconclusiveLimit', 'consecutiveSuccessLimit'] as const).every(isKnown);
  const judged = fault === null || (isKnown(fault.field) && (fault.field !== 'count' || isCounted)) ? fault : null;
  return [
    ...(judged === null ? [] : [{ ...judged, path: [...path, judged.field] }]),
    ...(usage === 'step' ? endlessFinding(filled.metric, template, path) : []),
    ...(['successCondition', 'failureCondition'] as const).flatMap((field) =>
      isKnown(field) ? conditionFindings(filled.metric[field], [...path, field]) : [],
    ),
    ...(isKnown('provider') ? providerFindings(filled.metric, [...path, 'provider', 'prometheus']) : []),
  ];
}

/** An argument whose value only the run knows. */
function isOpen(arg: TemplateArg): boolean {
  return arg.value === null || arg.valueFrom !== null;
}

/** True when a field hangs on no argument that is open. */
function isClosed(field: unknown, args: readonly TemplateArg[]): boolean {
  const open = new Set(args.filter(isOpen).map(({ name }) => `args.${name}`));
  return !tagsOf(JSON.stringify(field) ?? '').some((tag) => open.has(tag));
}

function undeclared(metric: TemplateMetric, args: readonly TemplateArg[]): readonly string[] {
  const declared = new Set(args.map(({ name }) => `args.${name}`));
  return tagsOf(JSON.stringify(metric)).filter((tag) => !declared.has(tag));
}

function isArgument(tag: string): boolean {
  return /^args\.[^{}"\\]+$/.test(tag);
}

function endlessFinding(metric: TemplateMetric, template: AnalysisTemplate, path: Path): readonly TemplateFinding[] {
  if (effectiveCount(metric) !== null) return [];
  const what = `AnalysisTemplate ${template.name} has metric ${metric.name} which runs indefinitely`;
  const message = `${what}. Invalid value for count: ${metric.count ?? '<nil>'}`;
  return [{ path: [...path, 'count'], reason: 'RunsIndefinitely', message }];
}

function conditionFindings(text: string | null, path: Path): readonly TemplateFinding[] {
  const condition = text === null ? null : parseCondition(text);
  if (condition?.kind !== 'problem') return [];
  const message = `at character ${condition.position}: ${condition.message}`;
  return [{ path, reason: `Condition${condition.reason}`, message }];
}

function providerFindings({ provider }: TemplateMetric, path: Path): readonly TemplateFinding[] {
  const fault = providerFault(provider, SOME_ADDRESS);
  const findings = fault === null ? [] : [{ path, reason: 'InvalidProvider', message: fault }];
  const range = provider.rangeQuery;
  if (range === null) return findings;
  const edge = (field: 'start' | 'end') => {
    const reading = rangeTime(range[field], instant(0));
    if (reading.kind === 'at') return [];
    return [{ path: [...path, 'rangeQuery', field], reason: 'InvalidRange', message: reading.message }];
  };
  const step = parseGoDuration(range.step);
  const stepFault =
    step.kind === 'invalid'
      ? [{ path: [...path, 'rangeQuery', 'step'], reason: 'InvalidRange', message: step.message }]
      : [];
  return [...findings, ...edge('start'), ...edge('end'), ...stepFault];
}
