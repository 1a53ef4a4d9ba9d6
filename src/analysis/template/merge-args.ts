import type { TemplateArg } from '../../domain/analysis-template.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

/** The arguments of a run: every one has a value or a place that it comes from. */
export type ArgsReading = { readonly kind: 'args'; readonly args: readonly TemplateArg[] } | AnalysisProblem;

/**
 * Puts the given values into the arguments of a template.
 *
 * Names the template does not declare are dropped. A value leaves the template's `valueFrom` in place, so that a secret still
 * wins when it is measured.
 */
export function mergeArgs(given: readonly TemplateArg[], declared: readonly TemplateArg[]): ArgsReading {
  const merged = [...declared];
  for (const arg of given) {
    const index = merged.findIndex(({ name }) => name === arg.name);
    if (index < 0) continue;
    if (arg.value !== null) merged[index] = { ...merged[index]!, value: arg.value };
    else if (arg.valueFrom !== null) merged[index] = { ...merged[index]!, valueFrom: arg.valueFrom };
  }
  const unresolved = merged.find(({ value, valueFrom }) => value === null && valueFrom === null);
  if (unresolved === undefined) return { kind: 'args', args: merged };
  return analysisProblem('ArgumentMissing', `args.${unresolved.name} was not resolved`);
}

/** One list of the arguments of several templates: same names are one argument, unless their values differ. */
export function flattenArgs(lists: readonly (readonly TemplateArg[])[]): ArgsReading {
  const combined: TemplateArg[] = [];
  for (const arg of lists.flat()) {
    const index = combined.findIndex(({ name }) => name === arg.name);
    const earlier = combined[index];
    if (earlier === undefined) combined.push(arg);
    else if (earlier.value === null) combined[index] = arg;
    else if (arg.value !== null && arg.value !== earlier.value) {
      const values = `'${earlier.value}', '${arg.value}'`;
      const message = `Argument \`${arg.name}\` specified multiple times with different values: ${values}`;
      return analysisProblem('ArgumentConflict', message);
    }
  }
  return { kind: 'args', args: combined };
}
