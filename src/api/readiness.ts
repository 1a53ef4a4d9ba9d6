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
  const leadership: Readiness['leadership'] =
    state.kind === 'leading' ? { kind: state.kind, epoch: state.epoch } : { kind: state.kind, holder: state.holder };
  return { ready: isPlaced(leadership) && notFresh.length === 0, leadership, notFresh };
}

/** As `/readyz` and `/readyz/hub` answer it: 200 or 503, and why. */
export function readinessAnswer(state: Readiness): Answer {
  return { status: state.ready ? 200 : 503, type: 'application/json', body: `${JSON.stringify(state)}\n` };
}

/** Whether the daemon itself is in its place, whatever it cannot see: what holds up a rollout of the daemon. */
export function placement({ leadership, notFresh }: Readiness): Readiness {
  const hub = notFresh.filter(({ kind }) => kind === 'hub');
  return { ready: isPlaced(leadership) && hub.length === 0, leadership, notFresh: hub };
}

function isPlaced(leadership: Readiness['leadership']): boolean {
  return leadership.kind === 'leading' || leadership.holder !== null;
}
