/** Requests per second and burst that a controller allows itself towards the API server. */
export interface RequestRate {
  readonly qps: number;
  readonly burst: number;
}

/** How fast the controllers of a cluster may ask. */
export interface RequestRates {
  readonly argo: RequestRate;
  readonly controllerManager: RequestRate;
  readonly scheduler: RequestRate;
}

const quick: RequestRate = { qps: 200, burst: 400 };

/** Nobody waits for a rate of their own. */
export const quickRates: RequestRates = { argo: quick, controllerManager: quick, scheduler: quick };

/** What the programs allow themselves when nobody says anything: what most clusters run with. */
export const stockRates: RequestRates = {
  argo: { qps: 40, burst: 80 },
  controllerManager: { qps: 20, burst: 30 },
  scheduler: { qps: 50, burst: 100 },
};
