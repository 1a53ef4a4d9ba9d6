import type { LeadershipState } from '../ports/leadership.ts';
import type { NotFresh } from './freshness.ts';
import type { Answer } from './http-server.ts';

/** Whether a daemon can do its part, leading or following. */
export interface Readiness {
  readonly ready: boolean;
  readonly leadership:
    | { readonly kind: 'leading'; readonly epoch: number }
    | { readonly kind: 'following'; readonly holder: string | null };
  readonly notFresh: readonly NotFresh[];
}

/** A follower is ready once it knows whom it follows: it looks at nothing but the hub. */
export function readiness(state: LeadershipState, notFresh: readonly NotFresh[]): Readiness {
  const leadership =
    state.kind === 'leading' ? { kind: state.kind, epoch: state.epoch } : { kind: state.kind, holder: state.holder };
  const isPlaced = state.kind === 'leading' || state.holder !== null;
  return { ready: isPlaced && notFresh.length === 0, leadership, notFresh };
}

/** As `/readyz` answers it: 200 or 503, and why. */
export function readinessAnswer(state: Readiness): Answer {
  return { status: state.ready ? 200 : 503, type: 'application/json', body: `${JSON.stringify(state)}\n` };
}
