import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for this run of this process that no other has, an earlier run included. */
export function newIdentity(): string {
  return `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
