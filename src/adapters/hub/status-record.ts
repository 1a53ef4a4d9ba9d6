import { z } from 'zod';
import type { ReleaseStatus, WaveStatus } from '../../domain/release-status.ts';
import { formatInstant, type Instant, instant } from '../../domain/time.ts';

const time = z.iso.datetime().transform((text) => instant(Date.parse(text)));
const orNull = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);
const timeOrNull = orNull(time);
const waiting = z.object({ reason: z.string(), message: z.string() });

const statusSchema = z.object({
  phase: z.enum(['Pending', 'Running', 'RollingBack', 'Completed', 'RolledBack', 'RollbackIncomplete', 'Refused']),
  planHash: orNull(z.string()),
  message: z.string(),
  waves: z.array(
    z.object({
      name: z.string(),
      phase: z.enum(['Waiting', 'Running', 'Baking', 'Passed', 'Failed']),
      startedAt: timeOrNull,
      bakingSince: timeOrNull,
      passedAt: timeOrNull,
      blockedSince: timeOrNull,
      blockedMs: z.number(),
    }),
  ),
  waitingFor: z.array(waiting),
  rollback: orNull(
    z.object({
      scope: z.enum(['target', 'wave', 'release', 'inFlight']),
      wave: z.number(),
      reason: z.string(),
      message: z.string(),
      by: orNull(z.string()),
      decidedAt: time,
    }),
  ),
  handledRequests: z.array(z.string()),
  timeline: z.array(waiting.extend({ at: time })),
  finishedAt: timeOrNull,
});

/** The status of a release from its object; `null` when the daemon has not written one. */
export function readStatus(status: unknown): ReleaseStatus | null {
  const read = statusSchema.safeParse(status);
  return read.success ? read.data : null;
}

/** The status as it stands in the object, without nulls; `wave` is for `kubectl get`. */
export function writeStatus(status: ReleaseStatus): Record<string, unknown> {
  const current = status.waves.find((wave) => wave.phase !== 'Passed');
  const record = {
    ...status,
    wave: current?.name ?? null,
    waves: status.waves.map(writeWave),
    rollback:
      status.rollback === null ? null : { ...status.rollback, decidedAt: formatInstant(status.rollback.decidedAt) },
    timeline: status.timeline.map((entry) => ({ ...entry, at: formatInstant(entry.at) })),
    finishedAt: textOrNull(status.finishedAt),
  };
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function writeWave(wave: WaveStatus): Record<string, unknown> {
  return {
    ...wave,
    startedAt: textOrNull(wave.startedAt),
    bakingSince: textOrNull(wave.bakingSince),
    passedAt: textOrNull(wave.passedAt),
    blockedSince: textOrNull(wave.blockedSince),
  };
}

function textOrNull(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
