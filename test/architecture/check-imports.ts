import { allowedFolders, folderOf, folderRules, pureFolders, scripts } from './folder-rules.ts';
import { importsOf, type SourceImport } from './source-imports.ts';

/** Paths from the root of the repository → texts. */
export type SourceTree = ReadonlyMap<string, string>;

/** What breaks the import table, one sentence each. An empty tree is a violation: the check has seen nothing. */
export function importViolations(tree: SourceTree): readonly string[] {
  if (tree.size === 0) return ['there is no source to check'];
  const imports = new Map([...tree].map(([path, text]) => [path, importsOf(path, text)]));
  return [
    ...[...imports].flatMap(([path, list]) => list.flatMap((one) => directViolation(tree, path, one) ?? [])),
    ...[...imports.keys()].filter(isPure).flatMap((path) => reachViolations(imports, path)),
    ...cycles(folderGraph(imports)),
  ];
}

function directViolation(tree: SourceTree, path: string, one: SourceImport): string | null {
  const folder = folderOf(path);
  const rule = folderRules[folder];
  if (rule === undefined) return `${path} stands in ${folder}, a folder without a rule`;
  switch (one.kind) {
    case 'unreadable':
      return `${path} imports a computed name, ${one.written}`;
    case 'node':
      return rule.node || scripts.has(path) ? null : `${path} imports ${one.name}, ${folder} may not`;
    case 'package':
      return rule.packages.includes(one.name) ? null : `${path} imports ${one.name}, ${folder} may not`;
    case 'file': {
      if (!tree.has(one.path)) return `${path} imports ${one.written}, which is not there`;
      if (scripts.has(one.path)) return `${path} imports the script ${one.path}`;
      const to = folderOf(one.path);
      return allowedFolders(folder).has(to) ? null : `${path} imports ${one.path}, ${folder} may not import ${to}`;
    }
  }
}

/** Whatever leads there: a pure file never reaches the outside. */
function reachViolations(imports: ReadonlyMap<string, readonly SourceImport[]>, start: string): readonly string[] {
  const reached = new Set([start]);
  const violations: string[] = [];
  for (const path of reached) {
    for (const one of imports.get(path) ?? []) {
      if (one.kind === 'file') reached.add(one.path);
      else if (one.kind === 'node') violations.push(`${start} reaches ${one.name} through ${path}`);
      else if (one.kind === 'package' && !isPurePackage(one.name))
        violations.push(`${start} reaches ${one.name} through ${path}`);
    }
  }
  return violations;
}

function isPure(path: string): boolean {
  return pureFolders.includes(folderOf(path)) && !scripts.has(path);
}

function isPurePackage(name: string): boolean {
  return pureFolders.some((folder) => folderRules[folder]?.packages.includes(name));
}

function folderGraph(imports: ReadonlyMap<string, readonly SourceImport[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [path, list] of imports) {
    const folder = folderOf(path);
    const edges = graph.get(folder) ?? new Set();
    graph.set(folder, edges);
    for (const one of list) if (one.kind === 'file' && folderOf(one.path) !== folder) edges.add(folderOf(one.path));
  }
  return graph;
}

/** Folders that import one another, each cycle once, from its first folder by name. */
function cycles(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const found: string[] = [];
  const walk = (start: string, trail: readonly string[]): void => {
    for (const next of graph.get(trail.at(-1)!) ?? []) {
      if (next === start) found.push(`folders import one another: ${[...trail, start].join(' → ')}`);
      else if (next > start && !trail.includes(next)) walk(start, [...trail, next]);
    }
  };
  for (const folder of graph.keys()) walk(folder, [folder]);
  return found;
}
