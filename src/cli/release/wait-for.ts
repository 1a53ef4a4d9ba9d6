import { nearestName } from '../../config/nearest-name.ts';
import { durationMs } from '../../config/parse/duration.ts';
import { duration } from '../../config/wire/scalars.ts';
import type { Plan } from '../../domain/plan.ts';
import type { ReleaseStatus } from '../../domain/release-status.ts';
import { badArgument } from '../failure.ts';

/** Until what a command waits. */
export type WaitFor = { readonly kind: 'done' } | { readonly kind: 'wave'; readonly wave: string };

/** Reads `done` or `wave=NAME`. @throws InvalidInput for anything else */
export function parseWaitFor(text: string): WaitFor {
  if (text === 'done') return { kind: 'done' };
  const wave = /^wave=(.+)$/.exec(text)?.[1];
  if (wave === undefined) throw badArgument(`--wait-for: expected done or wave=NAME, got "${text}"`);
  return { kind: 'wave', wave };
}

/** @throws InvalidInput when the plan has no such wave, with the nearest name */
export function checkWave(wave: string, plan: Plan, flag: string): void {
  const names = plan.waves.map(({ name }) => name);
  if (names.includes(wave)) return;
  const nearest = nearestName(wave, names);
  const hint = nearest === null ? `, the plan has ${names.join(', ')}` : `, did you mean "${nearest}"?`;
  throw badArgument(`${flag}: the plan has no wave "${wave}"${hint}`);
}

/** Whether what was waited for is there. A wave that passed stays so only while nothing is rolled back. */
export function isThere(waitFor: WaitFor, status: ReleaseStatus | null): boolean {
  if (status === null) return false;
  if (waitFor.kind === 'done') return status.phase === 'Completed';
  return (
    status.rollback === null && status.waves.some(({ name, phase }) => name === waitFor.wave && phase === 'Passed')
  );
}

/** Milliseconds of a `--timeout`. @throws InvalidInput when it is no duration */
export function parseTimeout(text: string): number {
  if (!duration.safeParse(text).success)
    throw badArgument(`--timeout: expected a duration such as 90s, 30m or 1h30m, got "${text}"`);
  return durationMs(text);
}
