import type { DocumentPath } from './document-path.ts';
import type { Report } from './document-source.ts';
import { nearestName, suggestion } from './nearest-name.ts';
import { show } from './wire/expected.ts';

/** What is filled in per target; nothing else is. */
export const PLACEHOLDERS = ['tenant.name', 'tenant.id', 'tenant.tier', 'target.namespace', 'cluster.name'] as const;

/** A container of a pod template: its name, where it stands, its own image if it has one. */
export interface TemplateContainer {
  readonly name: string;
  readonly path: DocumentPath;
  readonly image: string | null;
}

/** The containers (init containers too) of a pod template, those with a name. */
export function containersOf(template: unknown): readonly TemplateContainer[] {
  const spec = fieldOf(template, 'spec');
  return ['initContainers', 'containers'].flatMap((list) => {
    const containers = fieldOf(spec, list);
    if (!Array.isArray(containers)) return [];
    return containers.flatMap((container: unknown, index): TemplateContainer[] => {
      const name = fieldOf(container, 'name');
      const image = fieldOf(container, 'image');
      if (typeof name !== 'string') return [];
      return [{ name, path: ['spec', list, index], image: typeof image === 'string' ? image : null }];
    });
  });
}

/** Reports what keeps a map from being a pod template; `at` is its place in the document. */
export function checkPodTemplate(template: unknown, at: DocumentPath, report: Report): void {
  const containers = fieldOf(fieldOf(template, 'spec'), 'containers');
  if (!Array.isArray(containers) || containers.length === 0) {
    report([...at, 'spec', 'containers'], 'expected at least one container');
  } else {
    for (const [index, container] of (containers as unknown[]).entries()) {
      if (typeof fieldOf(container, 'name') === 'string') continue;
      report([...at, 'spec', 'containers', index, 'name'], 'missing, expected the name of the container');
    }
  }
  const named = containersOf(template);
  for (const [index, { name, path }] of named.entries()) {
    if (named.findIndex((other) => other.name === name) === index) continue;
    report([...at, ...path, 'name'], `a container of this template is called "${name}" already`);
  }
  checkJson(template, at, report);
}

/** Reports values that JSON cannot hold and placeholders that nothing fills in. */
export function checkJson(value: unknown, at: DocumentPath, report: Report): void {
  if (typeof value === 'string') checkPlaceholders(value, at, report);
  else if (typeof value === 'number' && !Number.isFinite(value))
    report(at, `expected a finite number, got ${show(value)}`);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) checkJson(item, [...at, index], report);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) checkJson(item, [...at, key], report);
  }
}

/** A `${HOME}` is the container's own; only words that look like ours are refused. */
function checkPlaceholders(text: string, at: DocumentPath, report: Report): void {
  for (const [whole, word = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
    if (PLACEHOLDERS.some((known) => known === word)) continue;
    const ours =
      /^(tenant|target|cluster|pool)\b/.test(word) || (word.includes('.') && nearestName(word, PLACEHOLDERS) !== null);
    if (ours) report(at, `nothing fills in ${whole}${suggestion(word, PLACEHOLDERS)}`);
  }
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[field];
}
