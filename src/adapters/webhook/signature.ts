import { createHmac } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';

/** Header of the signature. */
export const SIGNATURE_HEADER = 'x-tidegate-signature';

/** Signs time and body: a receiver that checks both takes no forged and no old message. */
export function signatureOf(key: string, body: string, at: Instant): string {
  const seconds = Math.floor(at / 1000);
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}
