import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Plan, TargetId } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { Evidence } from '../../planning/evidence.ts';
import { forecast } from '../../planning/forecast.ts';
import { planMarkdown } from '../../planning/markdown.ts';

/** What a plan document says of the world it is made in. */
export interface DocumentWorld {
  readonly startAt: Instant;
  /** Version that each target runs before the release. */
  readonly running: ReadonlyMap<TargetId, string>;
  readonly podReadyMs: number;
}

/** Writes the plan, before the run; answers its path. */
export function writePlan(dir: string, plan: Plan, world: DocumentWorld): Promise<string> {
  return write(join(dir, `${plan.release}.plan.md`), plan, world, null);
}

/** Writes the plan with what happened, after the run; answers its path. */
export function writeEvidence(dir: string, plan: Plan, world: DocumentWorld, evidence: Evidence): Promise<string> {
  return write(join(dir, `${plan.release}.evidence.md`), plan, world, evidence);
}

async function write(path: string, plan: Plan, world: DocumentWorld, evidence: Evidence | null): Promise<string> {
  const { startAt, running, podReadyMs } = world;
  const times = forecast(plan, { startAt, podReadyMs });
  await writeFile(path, planMarkdown({ plan, forecast: times, running, preflight: null, evidence }));
  return path;
}

const sentCommand = z.looseObject({ release: z.string(), action: z.string(), msg: z.string() });

/** Commands of a release as the daemons' log has them; a nudge is none. */
export async function commandsInLog(logFile: string, release: string): Promise<NonNullable<Evidence['commands']>> {
  let sent = 0;
  for (const line of (await readFile(logFile, 'utf8')).split('\n')) {
    const entry = sentCommand.safeParse(parseLine(line));
    if (!entry.success || entry.data.release !== release) continue;
    if (entry.data.msg === 'sends a command') sent += 1;
  }
  return { sent };
}

/** A line that a killed daemon did not finish is no entry. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
