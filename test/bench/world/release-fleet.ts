import { availability, type FleetShape } from './fleet-objects.ts';

/** A fleet of 2 000 targets at scale 1: 20 pools, 1 930 business namespaces, 50 enterprise clusters. */
export function releaseFleet(scale: number): FleetShape {
  const pools = Math.max(2, Math.round(20 * scale));
  return {
    freeTenants: pools * 50,
    pools,
    businessTenants: Math.max(4, Math.round(1930 * scale)),
    sharedClusters: 10,
    enterpriseTenants: Math.max(2, Math.round(50 * scale)),
    wave: {
      maxConcurrency: '20%',
      maxFailures: 0,
      steps: [25, 50, 75],
      bake: { step: '7s', wave: '7s' },
      deadline: { target: '10m', wave: '4h' },
      analysis: { scope: 'wave', minRequests: 20, limit: '10m', window: '5s', interval: '5s' },
      onFailure: { rollback: 'release' },
    },
    rollbackConcurrency: 50,
    slos: [availability],
  };
}

/** The same fleet for a run in real time: shorter bakes and windows, three batches instead of five. */
export function servedFleet(scale: number): FleetShape {
  const fleet = releaseFleet(scale);
  const wave = {
    ...fleet.wave,
    maxConcurrency: '34%',
    bake: { step: '4s', wave: '4s' },
    analysis: { scope: 'wave', minRequests: 20, limit: '10m', window: '2s', interval: '2s' },
  };
  return { ...fleet, wave };
}
