import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isCollection, parseDocument } from 'yaml';
import { collapse } from './milestones.ts';
import { type Milestone, type Scenario, scenarioFolder } from './scenario.ts';

const formatter = join(import.meta.dirname, '../../node_modules/.bin/biome');

/** What several runs of one scenario have in common. */
export interface Recording {
  readonly milestones: readonly Milestone[];
  /** Seen in some runs and not in others, or not in the same place. */
  readonly volatile: readonly Milestone[];
}

/** Keeps what is the same each time, in the same order; everything else becomes volatile, as does what was known to be. */
export function commonOf(runs: readonly (readonly Milestone[])[], known: readonly Milestone[] = []): Recording {
  const volatile: Milestone[] = [...known];
  for (;;) {
    const [first = [], ...others] = runs.map((run) => collapse(run, volatile));
    if (others.every((other) => isDeepStrictEqual(other, first))) return { milestones: first, volatile };
    const shared = others.reduce(longestShared, first);
    for (const milestone of [first, ...others].flatMap((run) => without(run, shared))) {
      if (!volatile.some((other) => isDeepStrictEqual(other, milestone))) volatile.push(milestone);
    }
  }
}

/** Longest sequence that both hold in this order. */
function longestShared(one: readonly Milestone[], other: readonly Milestone[]): Milestone[] {
  // best[j]: the longest one of what was read of `one` and the first j of `other`.
  let best: Milestone[][] = Array.from({ length: other.length + 1 }, () => []);
  for (const milestone of one) {
    const next: Milestone[][] = [[]];
    for (const [index, candidate] of other.entries()) {
      const paths = isDeepStrictEqual(candidate, milestone)
        ? [[...(best[index] ?? []), milestone]]
        : [best[index + 1] ?? [], next[index] ?? []];
      next.push(paths.reduce((longest, path) => (path.length > longest.length ? path : longest)));
    }
    best = next;
  }
  return best.at(-1) ?? [];
}

/** What is left of a run when a sequence that it holds is taken out. */
function without(run: readonly Milestone[], shared: readonly Milestone[]): Milestone[] {
  let next = 0;
  return run.filter((milestone) => {
    const isShared = isDeepStrictEqual(milestone, shared[next]);
    if (isShared) next += 1;
    return !isShared;
  });
}

/** Writes a recording into the scenario's file, formatted as the house does, and leaves the rest of it as it is. */
export function writeRecording(scenario: Scenario, recording: Recording): void {
  const path = join(scenarioFolder, `${scenario.name}.yaml`);
  const document = parseDocument(readFileSync(path, 'utf8'));
  document.delete('volatile');
  document.delete('milestones');
  for (const [key, milestones] of Object.entries(recording)) {
    if (milestones.length > 0) document.set(key, flowItems(document.createNode(milestones)));
  }
  writeFileSync(path, document.toString({ lineWidth: 0 }));
  execFileSync(formatter, ['format', '--write', path], { stdio: 'pipe' });
}

function flowItems(node: unknown): unknown {
  if (isCollection(node)) for (const item of node.items) if (isCollection(item)) item.flow = true;
  return node;
}
