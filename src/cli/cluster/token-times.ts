import { z } from 'zod';
import { formatInstant, type Instant, instant } from '../../domain/time.ts';

/** What a token of Kubernetes says of its own times, seconds since the epoch. */
const claims = z.looseObject({ iat: z.number().optional(), exp: z.number().optional() });

/** When a token was made, and when it ends, RFC 3339; `null`: it does not say, or never. */
export interface TokenTimes {
  readonly tokenMadeAt: string | null;
  readonly tokenEndsAt: string | null;
}

/** The times of a token. One that lasts has none in itself: it is as old as its record says, `null` where there is none. */
export function tokenTimes(token: string, recordedAt: Instant | null): TokenTimes {
  const { iat, exp } = claimsOf(token);
  const textOf = (seconds: number | undefined) =>
    seconds === undefined ? null : formatInstant(instant(seconds * 1000));
  return {
    tokenMadeAt: textOf(iat) ?? (recordedAt === null ? null : formatInstant(recordedAt)),
    tokenEndsAt: textOf(exp),
  };
}

function claimsOf(token: string): z.infer<typeof claims> {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return claims.safeParse(payload).data ?? {};
  } catch {
    return {};
  }
}
