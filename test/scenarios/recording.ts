import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { collapse } from './milestones.ts';
import { type Milestone, type Scenario, scenarioFolder } from './scenario.ts';

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

/** Writes a recording to the end of the scenario's file and leaves the rest of it as it is, to the byte. */
export function writeRecording(scenario: Scenario, recording: Recording): void {
  const path = join(scenarioFolder, `${scenario.name}.yaml`);
  const text = readFileSync(path, 'utf8');
  const end = text.search(/^(milestones|volatile):/m);
  writeFileSync(path, `${end < 0 ? text : text.slice(0, end)}${recordingText(recording)}`);
}

const lineWidth = 120;

function recordingText(recording: Recording): string {
  const lists = Object.entries(recording).filter(([, milestones]) => milestones.length > 0);
  return lists.map(([key, milestones]) => `${key}:\n${milestones.map(itemText).join('')}`).join('');
}

/** One line a milestone, as far as it fits; else one line a key. */
function itemText(milestone: Milestone): string {
  const line = `  - ${flowText(milestone)}\n`;
  if (line.length <= lineWidth + 1) return line;
  const fields = Object.entries(milestone).map(([key, value]) => `      ${key}: ${flowText(value)},\n`);
  return `  - {\n${fields.join('')}    }\n`;
}

function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return stringify(value, { lineWidth: 0 }).trimEnd();
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${flowText(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
