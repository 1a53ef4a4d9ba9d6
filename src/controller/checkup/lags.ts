import { counted, type Finding, findingsOf } from './finding.ts';

const { ok, warning } = findingsOf('probe');

/** A time from a change to its effect. */
export interface Lag {
  /** `replicaSet` is the controller-manager's, the others are Argo's. */
  readonly change: 'template' | 'resume' | 'abort' | 'replicaSet';
  readonly ms: number;
  /** Touches that it took until the controller looked. */
  readonly nudges: number;
}

/** An idle controller needs 20 to 120 ms, and 200 until the pause of a canary step. */
const SLOW_MS = 1_000;
/** A single change that waits so long stood in a queue. */
const QUEUED_MS = 5_000;

/** What the times say of each controller, and which limit to raise where it is slow. */
export function judgeLags(lags: readonly Lag[]): readonly Finding[] {
  const isManagers = ({ change }: Lag): boolean => change === 'replicaSet';
  return [judgeArgo(lags.filter((lag) => !isManagers(lag))), judgeManager(lags.filter(isManagers))];
}

function judgeArgo(lags: readonly Lag[]): Finding {
  const { p50, max, isSlow } = spread(lags);
  const lost = lags.filter(({ nudges }) => nudges > 0).length;
  const nudged = lost === 0 ? '' : `, ${lost} of them only after a nudge`;
  const message = `Argo Rollouts: change to effect ${p50} ms at p50, ${max} ms at most, over ${counted(lags.length, 'change')}${nudged}`;
  if (!isSlow) return ok('ControllerQuick', message);
  const remedy = 'raise --qps and --burst of the Argo Rollouts controller (40 and 80 unless set), or give it more CPU';
  return warning('ControllerSlow', message, remedy);
}

function judgeManager(lags: readonly Lag[]): Finding {
  const { p50, max, isSlow } = spread(lags);
  const message = `controller-manager: a new ReplicaSet is taken after ${p50} ms at p50, ${max} ms at most`;
  if (!isSlow) return ok('ReplicaSetsQuick', message);
  const remedy = 'raise --kube-api-qps and --kube-api-burst of the controller-manager (20 and 30 unless set)';
  return warning('ReplicaSetsSlow', message, remedy);
}

function spread(lags: readonly Lag[]): { readonly p50: number; readonly max: number; readonly isSlow: boolean } {
  const sorted = lags.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b);
  const p50 = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const max = sorted.at(-1) ?? 0;
  return { p50, max, isSlow: p50 >= SLOW_MS || max >= QUEUED_MS };
}
