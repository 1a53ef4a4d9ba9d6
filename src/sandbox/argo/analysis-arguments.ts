import type { Metric } from './metric.ts';
import type { ReplicaSetRoles } from './replica-counts.ts';
import { podHashOf } from './replica-set.ts';
import type { AnalysisArgument, Rollout } from './rollout.ts';

/** An argument with its value. */
export interface ResolvedArgument {
  readonly name: string;
  readonly value: string;
}

/** An argument that a template declares. */
export interface DeclaredArgument {
  readonly name: string;
  /** Its default. */
  readonly value?: string;
}

/** The Rollout's arguments as strings; one with neither value nor source is the empty string. */
export function rolloutArguments(
  rollout: Rollout,
  given: readonly AnalysisArgument[],
  roles: ReplicaSetRoles,
): readonly ResolvedArgument[] {
  return given.map((argument) => ({ name: argument.name, value: valueOf(rollout, argument, roles) }));
}

function valueOf(rollout: Rollout, argument: AnalysisArgument, roles: ReplicaSetRoles): string {
  const from = argument.valueFrom;
  if (from?.podTemplateHashValue === 'Latest') return roles.canary === undefined ? '' : podHashOf(roles.canary);
  if (from?.podTemplateHashValue === 'Stable') return roles.stable === undefined ? '' : podHashOf(roles.stable);
  if (from?.fieldRef !== undefined) return fieldOf(rollout, from.fieldRef.fieldPath);
  return argument.value ?? '';
}

function fieldOf(rollout: Rollout, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return rollout.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  const value = path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], rollout);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The declared arguments with values; the name of the first that has none is returned instead. */
export function mergeArguments(
  declared: readonly DeclaredArgument[],
  given: readonly ResolvedArgument[],
): readonly ResolvedArgument[] | string {
  const merged: ResolvedArgument[] = [];
  for (const { name, value: otherwise } of declared) {
    const value = given.find((argument) => argument.name === name)?.value ?? otherwise;
    if (value === undefined) return name;
    if (!merged.some((argument) => argument.name === name)) merged.push({ name, value });
  }
  return merged;
}

/** The metric with every `{{args.name}}` filled in; the first that cannot be is returned as text. */
export function resolveMetric(metric: Metric, given: readonly ResolvedArgument[]): Metric | string {
  let problem: string | null = null;
  const text = JSON.stringify(metric).replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (whole, inside: string) => {
    const argument = given.find(({ name }) => inside === `args.${name}`);
    if (argument === undefined) problem ??= `failed to resolve ${whole}`;
    return JSON.stringify(argument?.value ?? '').slice(1, -1);
  });
  return problem ?? (JSON.parse(text) as Metric);
}
