/** A tenant's requests to one Rollout. */
export interface TrafficTenant {
  /** Value of the label `tenant_id`. */
  readonly id: string;
  readonly tier: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly rollout: string;
  /** @default that of its tier */
  readonly requestsPerSecond?: number;
}

/** Whom a behaviour touches; `null` is everybody. */
export interface Whom {
  readonly tier: string | null;
  /** Id of a tenant. */
  readonly tenant: string | null;
}

/** What a version does to its requests beyond the ordinary. */
export type Behaviour =
  /** A share (0…1) of the requests takes so long. */
  | { readonly kind: 'slow'; readonly whom: Whom; readonly shareRatio: number; readonly seconds: number }
  /** A share (0…1) of the requests is answered with 500. */
  | { readonly kind: 'failing'; readonly whom: Whom; readonly errorRatio: number }
  /** Requests are served, but nothing is measured of them. */
  | { readonly kind: 'unmeasured'; readonly whom: Whom };

/** Tenants' traffic and what each version makes of it, as data. */
export interface TrafficModel {
  readonly tenants: readonly TrafficTenant[];
  /** Requests a second of a tenant, by tier. */
  readonly requestsPerSecond: Readonly<Record<string, number>>;
  /** Behaviours by version: the label `app.kubernetes.io/version` of the pod template, an image, or an image's digest. Others are healthy. */
  readonly versions: Readonly<Record<string, readonly Behaviour[]>>;
}

/** Upper bounds of the latency histogram, in seconds; `+Inf` comes after them. */
export const LATENCY_BOUNDS: readonly number[] = [0.1, 0.3, 0.5, 1, 2.5];

/** Ordinary requests: share of them, and how long they take in seconds. */
const ORDINARY: readonly { readonly shareRatio: number; readonly seconds: number }[] = [
  { shareRatio: 0.82, seconds: 0.06 },
  { shareRatio: 0.16, seconds: 0.18 },
  { shareRatio: 0.018, seconds: 0.4 },
  { shareRatio: 0.002, seconds: 0.8 },
];

/** Ordinary share of answers with 500. */
const ORDINARY_ERROR_RATIO = 0.0001;

/** What one tenant gets from one version, as shares of its requests. */
export interface ServiceProfile {
  /** Share answered with 500, 0…1. */
  readonly errorRatio: number;
  /** Share that took at most the bound, 0…1, in the order of LATENCY_BOUNDS. */
  readonly withinRatios: readonly number[];
  /** Mean seconds. */
  readonly meanSeconds: number;
  /** Share made worse by the version's behaviours, 0…1. */
  readonly harmedRatio: number;
  readonly isMeasured: boolean;
}

/** Requests a second of a tenant. */
export function requestRateOf(model: TrafficModel, tenant: TrafficTenant): number {
  return tenant.requestsPerSecond ?? model.requestsPerSecond[tenant.tier] ?? 0;
}

/** What a tenant gets from a version that has these behaviours. */
export function profileOf(behaviours: readonly Behaviour[], tenant: TrafficTenant): ServiceProfile {
  const touching = behaviours.filter(({ whom }) => isTouched(whom, tenant));
  const slow = touching.filter((behaviour) => behaviour.kind === 'slow');
  const failing = touching.filter((behaviour) => behaviour.kind === 'failing');
  const slowRatio = Math.min(
    1,
    slow.reduce((sum, { shareRatio }) => sum + shareRatio, 0),
  );
  const extraErrors = Math.min(
    1,
    failing.reduce((sum, { errorRatio }) => sum + errorRatio, 0),
  );
  const requests = [
    ...ORDINARY.map(({ shareRatio, seconds }) => ({ shareRatio: shareRatio * (1 - slowRatio), seconds })),
    ...slow,
  ];
  return {
    errorRatio: Math.min(1, ORDINARY_ERROR_RATIO + extraErrors),
    withinRatios: LATENCY_BOUNDS.map((bound) => sumShares(requests.filter(({ seconds }) => seconds <= bound))),
    meanSeconds: requests.reduce((sum, { shareRatio, seconds }) => sum + shareRatio * seconds, 0),
    harmedRatio: roundRatio(1 - (1 - slowRatio) * (1 - extraErrors)),
    isMeasured: !touching.some(({ kind }) => kind === 'unmeasured'),
  };
}

function isTouched(whom: Whom, tenant: TrafficTenant): boolean {
  return (whom.tier === null || whom.tier === tenant.tier) && (whom.tenant === null || whom.tenant === tenant.id);
}

/** Rounded to a billionth: a sum that misses 1 by a rounding error would lose whole requests. */
function sumShares(requests: readonly { readonly shareRatio: number }[]): number {
  return roundRatio(requests.reduce((sum, { shareRatio }) => sum + shareRatio, 0));
}

function roundRatio(ratio: number): number {
  return Math.min(1, Math.round(ratio * 1e9) / 1e9);
}
