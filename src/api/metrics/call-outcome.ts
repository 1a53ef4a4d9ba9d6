import { ConflictError, TerminalError, TransientError } from '../../domain/errors.ts';
import { WatchExpired } from '../../ports/kubernetes-api.ts';

/** How a call ended, as a label. `bug`: in a way that no port promises. */
export type CallOutcome = 'ok' | 'conflict' | 'transient' | 'terminal' | 'expired' | 'bug';

/** What a failed call came to. */
export function outcomeOf(error: unknown): Exclude<CallOutcome, 'ok'> {
  if (error instanceof ConflictError) return 'conflict';
  if (error instanceof TransientError) return 'transient';
  if (error instanceof TerminalError) return 'terminal';
  return error instanceof WatchExpired ? 'expired' : 'bug';
}
