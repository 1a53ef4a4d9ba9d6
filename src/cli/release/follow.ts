import { TerminalError, TransientError } from '../../domain/errors.ts';
import { FINAL_PHASES, type ReleaseStatus } from '../../domain/release-status.ts';
import { formatDuration, type Instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { LiveOutput } from './live-output.ts';
import { releaseExitCode, timeoutExitCode } from './release-exit-code.ts';
import type { ReleaseReader, SeenRelease } from './release-reader.ts';

/** Two small reads a look. */
const LOOK_MS = 1_000;
/** An API server that has just started refuses what it may allow: it has not read the roles yet. */
const REFUSED_LIMIT_MS = 30_000;

/** How long, and until what, a release is followed. */
export interface FollowOptions {
  readonly reader: ReleaseReader;
  readonly clock: Clock;
  readonly live: LiveOutput;
  readonly signal: AbortSignal;
  /** `null`: as long as it takes. */
  readonly timeoutMs: number | null;
  /** What is waited for. A release that is over ends the wait in any case. */
  readonly isThere: (status: ReleaseStatus | null) => boolean;
}

/** How following ended: an exit code, a sentence, and the last that was seen. */
export interface FollowEnd {
  readonly code: ExitCode;
  readonly message: string;
  readonly seen: SeenRelease | null;
}

/**
 * Shows a release until what is waited for is there, the release is over, time is up, or the signal aborts.
 * A release that was there and is not any more, or another one of its name, ends it as superseded. An unreachable hub is asked again, and for half a minute one that refuses
 * what it allowed before.
 */
export async function followRelease(options: FollowOptions): Promise<FollowEnd> {
  const { reader, clock, live, signal, timeoutMs, isThere } = options;
  const endsAt = timeoutMs === null ? null : clock.now() + timeoutMs;
  let seen: SeenRelease | null = null;
  let heardAt: Instant | null = null;
  for (;;) {
    const isPatient = heardAt !== null && clock.now() - heardAt < REFUSED_LIMIT_MS;
    const look = await lookAgain(reader, live, isPatient);
    if (look.kind === 'heard') {
      if (seen !== null && look.seen?.uid !== seen.uid) return superseded(seen);
      seen = look.seen;
      heardAt = clock.now();
    }
    const status = seen?.view.status ?? null;
    if (seen !== null) live.show(seen.view);
    if (isThere(status)) return { code: exitCodes.done, message: 'it is there', seen };
    if (isOver(status)) return { code: releaseExitCode(status), message: status?.message ?? '', seen };
    if (signal.aborted) return { code: timeoutExitCode(status), message: 'stopped looking; the release goes on', seen };
    if (endsAt !== null && clock.now() >= endsAt) {
      const message = `not there after ${formatDuration(timeoutMs ?? 0)}; the release goes on, run this again to attach`;
      return { code: timeoutExitCode(status), message, seen };
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

function isOver(status: ReleaseStatus | null): boolean {
  return status !== null && FINAL_PHASES.has(status.phase);
}

/** What one look gave; `silent`: the hub did not say. */
type Look = { readonly kind: 'heard'; readonly seen: SeenRelease | null } | { readonly kind: 'silent' };

/** @throws TerminalError for a refusal, unless it is met with patience */
async function lookAgain(reader: ReleaseReader, live: LiveOutput, isPatient: boolean): Promise<Look> {
  try {
    return { kind: 'heard', seen: await reader.read() };
  } catch (error) {
    const isWorthARetry = error instanceof TransientError || (error instanceof TerminalError && isPatient);
    if (!isWorthARetry) throw error;
    live.trouble(`the hub does not answer, trying again: ${error.message}`);
    return { kind: 'silent' };
  }
}

function superseded(seen: SeenRelease | null): FollowEnd {
  const message = 'the Release object was deleted, or made again, while it was followed';
  return { code: exitCodes.superseded, message, seen };
}
